using System.Xml.Linq;
using RealtimeGateway.Load.Suite;
using RealtimeGateway.Load.Suite.Results;

namespace RealtimeGateway.Tests.Performance;

public sealed class PageTests
{
    [Fact]
    public void Insert_PageWithMarkers_ReplacesOnlyWhatIsBetween()
    {
        var page = $"# Title\n\nBefore.\n\n{MarkdownPage.Begin}\n\nold figures\n\n{MarkdownPage.End}\n\nAfter.\n";

        var once = MarkdownPage.Insert(page, [Result()]);

        Assert.StartsWith("# Title\n\nBefore.\n", once, StringComparison.Ordinal);
        Assert.EndsWith("After.\n", once, StringComparison.Ordinal);
        Assert.DoesNotContain("old figures", once, StringComparison.Ordinal);
        Assert.Contains("| 100 connections | 8.00 (7.00–9.00) | 10.0 |", once, StringComparison.Ordinal);
        Assert.Contains("| echo | floor | 0.80 | ≤ 1.15 | ≤ 0.90 | **aim met** |", once, StringComparison.Ordinal);
        Assert.Equal(once, MarkdownPage.Insert(once, [Result()]));
    }

    [Theory]
    [InlineData(new[] { 10.0 }, "met")]
    [InlineData(new[] { 12.0 }, "**not met**")]
    [InlineData(new double[0], "not measured")]
    public void Insert_Goal_SaysWhetherItIsMet(double[] gateway, string verdict)
    {
        var result = Result();
        result.Series[0].Values.Clear();
        result.Series[0].Values.AddRange(gateway);
        if (gateway.Length == 0)
        {
            result.Series.RemoveAt(0);
        }

        Assert.Contains($"| {verdict} |", MarkdownPage.Insert("", [result]), StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_SeriesOverX_HasAPointForEachAndNamesTheAxes()
    {
        Series[] series = [.. new[] { 1_000.0, 4_000, 16_000 }.Select(x => new Series($"{x}", "CPU", "µs", "a < b", x, [x / 100, x / 50]))];

        var svg = XDocument.Parse(SvgChart.Draw(new Chart("f", "A & B", "CPU", "connections"), series)!);

        XNamespace space = "http://www.w3.org/2000/svg";
        double[] across = [.. svg.Descendants(space + "circle").Select(static circle => (double)circle.Attribute("cx")!)];
        double[] up = [.. svg.Descendants(space + "circle").Select(static circle => (double)circle.Attribute("cy")!)];
        Assert.Equal(3, across.Length);
        // 1k, 4k and 16k are evenly spaced on a logarithmic axis, and more is higher.
        Assert.Equal(across[1] - across[0], across[2] - across[1], 0.2);
        Assert.True(up[0] > up[1] && up[1] > up[2]);
        string[] texts = [.. svg.Descendants(space + "text").Select(static text => text.Value)];
        Assert.Contains("CPU, µs", texts);
        Assert.Contains("connections", texts);
        Assert.Contains("a < b", texts);
        Assert.Contains("A & B", texts);
    }

    [Fact]
    public void Draw_SeriesWithoutX_HasBarsInProportion()
    {
        Series[] series = [new("r", "m", "µs", "one", null, [10]), new("r", "m", "µs", "two", null, [20])];

        var svg = XDocument.Parse(SvgChart.Draw(new Chart("f", "t", "m"), series)!);

        XNamespace space = "http://www.w3.org/2000/svg";
        double[] widths = [.. svg.Descendants(space + "rect").Select(static rect => (double)rect.Attribute("width")!)];
        Assert.Equal(2 * widths[0], widths[1], 0.2);
    }

    [Fact]
    public void Draw_NothingMeasured_IsNone() => Assert.Null(SvgChart.Draw(new Chart("f", "t", "m"), []));

    [Theory]
    [InlineData(0.7)]
    [InlineData(1)]
    [InlineData(19)]
    [InlineData(20.5)]
    [InlineData(99_999)]
    public void Linear_AnyMaximum_HasFewMarksAndRoom(double max)
    {
        var axis = Axis.Linear(max);

        Assert.InRange(axis.Marks.Count, 4, 12);
        Assert.InRange(axis.Place(max), 0.6, 1);
        Assert.Equal(0, axis.Place(0));
    }

    [Fact]
    public void Of_CommandWithPortsAndFolders_ShowsNeither()
    {
        var text = CommandText.Of(
            "server", ["/tmp/x-1/gateway.yaml", "--data-url", "http://127.0.0.1:0", "--port", "1234", "ws://127.0.0.1:4567/load/prod", "-p", "99", "--json", "/tmp/r.json", "-n", "5"]);

        Assert.Equal("server gateway.yaml --data-url http://127.0.0.1:0 --port PORT ws://127.0.0.1:PORT/load/prod -n 5", text);
    }

    private static ExperimentResult Result() => new()
    {
        Name = "echo",
        Title = "Echo",
        About = "About.",
        TakenAt = DateTimeOffset.UnixEpoch,
        Machine = new MachineFacts
        {
            Processor = "p", Cores = 2, MemoryGiB = 4, Kernel = "6", LoadBefore = 0, Commit = "c", Versions = new SortedDictionary<string, string>(StringComparer.Ordinal),
        },
        Rounds = 3,
        WindowSeconds = 1,
        WarmupSeconds = 1,
        Series = [new("100 connections", "CPU", "µs", "gateway", null, [8, 9, 7]), new("100 connections", "CPU", "µs", "floor", null, [10, 10, 10])],
        Goals = [new("echo", "100 connections", "CPU", "gateway", "floor", 1.15, 0.90)],
    };
}
