using System.Text;
using System.Text.RegularExpressions;

namespace RealtimeGateway.Load.Suite;

/// <summary>A command line as a page shows it: what differs from run to run, or tells of the machine's folders, is replaced by a word.</summary>
internal static partial class CommandText
{
    public static string Of(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            text.Append(name).Append('=').Append(Readable(value)).Append(' ');
        }

        text.Append(program);
        string[] all = [.. arguments];
        for (var i = 0; i < all.Length; i++)
        {
            var isOurs = all[i] is "-p" or "--json" or "--back-end-pid";
            if (isOurs)
            {
                // Where the result goes and whose processor time is read.
                i++;
                continue;
            }

            var isPort = i > 0 && all[i - 1].EndsWith("ort", StringComparison.Ordinal);
            text.Append(' ').Append(isPort ? "PORT" : Readable(all[i]));
        }

        return text.ToString();
    }

    private static string Readable(string argument)
    {
        var readable = Folder().Replace(Port().Replace(argument, "127.0.0.1:PORT"), "");
        return readable.Length == 0 || readable.AsSpan().IndexOfAny(" {\"'") >= 0 ? $"'{readable}'" : readable;
    }

    [GeneratedRegex(@"127\.0\.0\.1:[1-9]\d*")]
    private static partial Regex Port();

    // All but the last part of an absolute path.
    [GeneratedRegex(@"^/(?:[^/{]+/)+(?=[^/]+$)")]
    private static partial Regex Folder();
}
