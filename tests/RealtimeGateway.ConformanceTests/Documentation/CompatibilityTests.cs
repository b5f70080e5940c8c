using System.Text.RegularExpressions;
using RealtimeGateway.ConformanceTests.Harness;

namespace RealtimeGateway.ConformanceTests.Documentation;

/// <summary>docs/compatibility.md names tests: each must be there, and each behaviour must name one or say that it is not here.</summary>
public sealed partial class CompatibilityTests
{
    private static readonly string[] Rows = [.. File.ReadLines(Repository.PathOf("docs", "compatibility.md"))
        .Where(static line => line.StartsWith("| ", StringComparison.Ordinal) && line.Count(static c => c == '|') == 5 && !line.EndsWith("| Test |", StringComparison.Ordinal))];

    [Fact]
    public void Page_NamesTestsThatExist()
    {
        var classes = Directory.EnumerateFiles(Repository.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToLookup(static path => Path.GetFileNameWithoutExtension(path), File.ReadAllText, StringComparer.Ordinal);
        var named = Rows.SelectMany(static row => TestName().Matches(TestsOf(row))).Select(static match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).ToHashSet();

        Assert.True(named.Count > 100, $"Only {named.Count} tests are named.");
        var missing = named.Where(name => !classes[name.Class].Any(
            source => source.Contains($"class {name.Class}", StringComparison.Ordinal) && source.Contains(name.Method.Length == 0 ? "[Fact]" : $" {name.Method}(", StringComparison.Ordinal))
            && !(name.Method.Length == 0 && classes[name.Class].Any(static source => source.Contains("[Theory]", StringComparison.Ordinal))));
        Assert.Empty(missing);
    }

    /// <summary>What works or differs is shown by a test; only what is not here may go without.</summary>
    [Fact]
    public void Row_WithoutATest_SaysWhy()
    {
        Assert.True(Rows.Length > 120, $"The page has only {Rows.Length} rows.");
        var bare = Rows.Where(static row => !TestName().IsMatch(TestsOf(row)));
        Assert.All(bare, static row => Assert.Matches(@"not (yet|here|evaluated)|^\| .*\| differs: ", row));
    }

    private static string TestsOf(string row) => row.Split('|')[^2];

    [GeneratedRegex(@"`([A-Za-z0-9]+Tests)(?:\.([A-Za-z0-9_]+))?`")]
    private static partial Regex TestName();
}
