using System.Text.RegularExpressions;

namespace RealtimeGateway.ConformanceTests.Documentation;

/// <summary>The files in a guide and what is tried with each.</summary>
internal static partial class Guide
{
    /// <summary>One file of the guide.</summary>
    /// <param name="Title">The heading that it stands under.</param>
    /// <param name="Line">Where it begins in the guide, from 1.</param>
    /// <param name="Yaml">The file.</param>
    internal sealed record Example(string Title, int Line, string Yaml)
    {
        /// <summary>The lines to play, without their mark.</summary>
        public IEnumerable<string> Steps => Yaml.Split('\n').Where(static line => line.StartsWith("# try: ", StringComparison.Ordinal)).Select(static line => line["# try: ".Length..]);
    }

    public static List<Example> Read(string markdown)
    {
        var examples = new List<Example>();
        foreach (Match match in Block().Matches(markdown))
        {
            var before = markdown[..match.Index];
            var title = Heading().Matches(before).Last().Groups[1].Value;
            examples.Add(new(title, before.Count(static c => c == '\n') + 2, match.Groups[1].Value));
        }

        return examples;
    }

    [GeneratedRegex(@"^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
