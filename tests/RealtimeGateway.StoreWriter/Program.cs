using System.Globalization;
using System.Text;
using RealtimeGateway.Apis;
using RealtimeGateway.Store;

// Writes batch after batch, each of which sets the same number in several documents, and prints the number once the store has acknowledged it.
const int Documents = 5;

await using var store = SqliteApiStore.Open(args[0]);
var revision = (await store.LoadAsync(CancellationToken.None)).Revision;
await using var output = Console.OpenStandardOutput();
while (true)
{
    var number = revision + 1;
    var text = Encoding.UTF8.GetBytes(new string('x', (int)(number % 7) * 900) + number.ToString(CultureInfo.InvariantCulture));
    var writes = Enumerable.Range(0, Documents).Select(i => new StoreWrite($"documents/{i}", text)).ToArray();
    var outcome = await store.WriteAsync(revision, writes, CancellationToken.None);
    revision = outcome.Revision;
    await output.WriteAsync(Encoding.ASCII.GetBytes($"{number}\n"));
    await output.FlushAsync();
}
