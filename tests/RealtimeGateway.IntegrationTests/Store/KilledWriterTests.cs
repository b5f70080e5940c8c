using System.Diagnostics;
using System.Globalization;
using System.Text;
using RealtimeGateway.IntegrationTests.Server;
using RealtimeGateway.Store;

namespace RealtimeGateway.IntegrationTests.Store;

/// <summary>A process that writes is killed at any instant; what it had been told was written is there, and every batch is there whole or not at all.</summary>
public sealed class KilledWriterTests : IDisposable
{
    private const int Kills = 200;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Kill_AtAnyInstant_TearsNothingAndLosesNothingAcknowledged()
    {
        var path = Path.Combine(_directory.Path, "store.db");
        var random = new Random(20261123);
        long acknowledged = 0;
        for (var kills = 1; kills <= Kills; kills++)
        {
            acknowledged = Math.Max(acknowledged, await WriteUntilKilledAsync(path, random));

            await using var store = SqliteApiStore.Open(path);
            var content = await store.LoadAsync(TestContext.Current.CancellationToken);
            Assert.True(content.Revision >= acknowledged, $"Kill {kills}: {acknowledged} was acknowledged, the store has {content.Revision}.");
            foreach (var document in content.Documents)
            {
                Assert.Equal(content.Revision, document.Revision);
                Assert.Equal(content.Revision.ToString(CultureInfo.InvariantCulture), Encoding.UTF8.GetString(document.Json.Span).TrimStart('x'));
            }

            Assert.Equal(content.Revision == 0 ? 0 : 5, content.Documents.Length);
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{Kills} kills, {acknowledged} batches acknowledged");
        Assert.True(acknowledged > Kills, $"Only {acknowledged} batches: the test did not test.");
    }

    private static async Task<long> WriteUntilKilledAsync(string path, Random random)
    {
        using var writer = Process.Start(new ProcessStartInfo("dotnet", [ProgramPath(), path]) { RedirectStandardOutput = true })!;
        long last = 0;
        try
        {
            var batches = random.Next(1, 40);
            for (var i = 0; i < batches && await writer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line; i++)
            {
                last = long.Parse(line, CultureInfo.InvariantCulture);
            }

            // Somewhere within a later batch.
            await Task.Delay(TimeSpan.FromMicroseconds(random.Next(0, 3000)), TestContext.Current.CancellationToken);
        }
        finally
        {
            writer.Kill();
        }

        // Whole lines only: the last may have been cut off.
        var rest = await writer.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await writer.WaitForExitAsync(TestContext.Current.CancellationToken);
        var lines = rest[..(rest.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 0 ? last : long.Parse(lines[^1], CultureInfo.InvariantCulture);
    }

    private static string ProgramPath() => Path.Combine(
        AppContext.BaseDirectory.Replace("RealtimeGateway.IntegrationTests", "RealtimeGateway.StoreWriter", StringComparison.Ordinal),
        "RealtimeGateway.StoreWriter.dll");
}
