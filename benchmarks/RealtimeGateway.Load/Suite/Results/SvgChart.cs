using System.Globalization;
using System.Security;
using System.Text;

namespace RealtimeGateway.Load.Suite.Results;

/// <summary>Draws a chart as SVG without a background: text is a grey and the colours are middling, so that it reads on white and on black.</summary>
internal sealed class SvgChart
{
    private const int Width = 760;
    private const int Left = 70;
    private const int Right = 190;
    private const int Top = 44;
    private const int LinesHeight = 300;
    private const int BarHeight = 16;
    private const int BarLabels = 330;
    private const string Ink = "#808890";

    private static readonly string[] Colours = ["#2f81f7", "#d9822b", "#2da44e", "#bf5af2", "#e5534b", "#1aa3a3"];

    private readonly StringBuilder _text = new();

    private SvgChart(int height, string title)
    {
        Append($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" font-family="system-ui, sans-serif" font-size="12" fill="{Ink}" role="img">""");
        Append($"<title>{Escape(title)}</title>");
        Append($"""<text x="{Width / 2}" y="20" text-anchor="middle" font-size="14" font-weight="600">{Escape(title)}</text>""");
    }

    /// <summary>Lines over X where the metric has them, else bars; <see langword="null"/> when nothing was measured.</summary>
    public static string? Draw(Chart chart, IReadOnlyCollection<Series> all)
    {
        Series[] shown = [.. all.Where(series => series.Metric == chart.Metric && series.Values.Count > 0)];
        return shown.Length == 0 ? null
            : Array.TrueForAll(shown, static series => series.X is not null) ? Lines(chart, shown)
            : Bars(chart, shown);
    }

    private static string Lines(Chart chart, Series[] shown)
    {
        var svg = new SvgChart(Top + LinesHeight + 56, chart.Title);
        var across = Axis.Over([.. shown.Select(static series => series.X!.Value)]);
        var up = Axis.Linear(shown.Max(static series => series.Spread().Max));
        svg.Frame(across, up, chart.XTitle ?? "", $"{chart.Metric}, {shown[0].Unit}");
        string[] subjects = [.. shown.Select(static series => series.Subject).Distinct()];
        for (var i = 0; i < subjects.Length; i++)
        {
            Series[] points = [.. shown.Where(series => series.Subject == subjects[i]).OrderBy(static series => series.X)];
            svg.Line(points, across, up, Colours[i % Colours.Length]);
            svg.Legend(i, subjects[i]);
        }

        return svg.End();
    }

    private static string Bars(Chart chart, Series[] shown)
    {
        var rows = shown.GroupBy(static series => series.Row).ToArray();
        string[] subjects = [.. shown.Select(static series => series.Subject).Distinct()];
        var height = Top + rows.Sum(static row => (row.Count() * (BarHeight + 4)) + 34) + 34;
        var svg = new SvgChart(height, chart.Title);
        var along = Axis.Linear(shown.Max(static series => series.Spread().Max));
        var y = Top;
        foreach (var row in rows)
        {
            svg.Append($"""<text x="16" y="{y + 12}" font-weight="600">{Escape(row.Key)}</text>""");
            y += 20;
            foreach (var series in row)
            {
                svg.Bar(series, along, y, Colours[Array.IndexOf(subjects, series.Subject) % Colours.Length]);
                y += BarHeight + 4;
            }

            y += 14;
        }

        svg.Append($"""<text x="{Width / 2}" y="{y + 14}" text-anchor="middle">{Escape($"{chart.Metric}, {shown[0].Unit}; the thin line spans all rounds")}</text>""");
        return svg.End();
    }

    private void Frame(Axis across, Axis up, string xTitle, string yTitle)
    {
        foreach (var mark in up.Marks)
        {
            var y = Y(up, mark);
            Append($"""<line x1="{Left}" y1="{y}" x2="{Width - Right}" y2="{y}" stroke="{Ink}" stroke-opacity="0.25"/>""");
            Append($"""<text x="{Left - 6}" y="{y + 4}" text-anchor="end">{Label(mark)}</text>""");
        }

        foreach (var mark in across.Marks)
        {
            Append($"""<line x1="{X(across, mark)}" y1="{Top + LinesHeight}" x2="{X(across, mark)}" y2="{Top + LinesHeight + 5}" stroke="{Ink}"/>""");
            Append($"""<text x="{X(across, mark)}" y="{Top + LinesHeight + 18}" text-anchor="middle">{Label(mark)}</text>""");
        }

        Append($"""<text x="{(Left + Width - Right) / 2}" y="{Top + LinesHeight + 40}" text-anchor="middle">{Escape(xTitle)}</text>""");
        Append($"""<text transform="translate(14 {Top + (LinesHeight / 2)}) rotate(-90)" text-anchor="middle">{Escape(yTitle)}</text>""");
    }

    private void Line(Series[] points, Axis across, Axis up, string colour)
    {
        var path = string.Join(' ', points.Select(point => Text($"{X(across, point.X!.Value)},{Y(up, point.Spread().Median)}")));
        Append($"""<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>""");
        foreach (var point in points)
        {
            var (x, spread) = (X(across, point.X!.Value), point.Spread());
            Append($"""<line x1="{x}" y1="{Y(up, spread.Min)}" x2="{x}" y2="{Y(up, spread.Max)}" stroke="{colour}"/>""");
            Append($"""<circle cx="{x}" cy="{Y(up, spread.Median)}" r="3.5" fill="{colour}"><title>{Escape($"{point.Subject}, {point.Row}: {Figure.Text(spread)} {point.Unit}")}</title></circle>""");
        }
    }

    private void Legend(int index, string subject)
    {
        var y = Top + 10 + (index * 20);
        Append($"""<rect x="{Width - Right + 16}" y="{y - 9}" width="12" height="12" fill="{Colours[index % Colours.Length]}"/>""");
        Append($"""<text x="{Width - Right + 34}" y="{y + 1}">{Escape(subject)}</text>""");
    }

    private void Bar(Series series, Axis along, int y, string colour)
    {
        const int From = 170;
        var spread = series.Spread();
        double Length(double value) => Math.Round((Width - BarLabels) * along.Place(value), 1);
        Append($"""<text x="{From - 8}" y="{y + 12}" text-anchor="end">{Escape(series.Subject)}</text>""");
        Append($"""<rect x="{From}" y="{y}" width="{Length(spread.Median)}" height="{BarHeight}" fill="{colour}" fill-opacity="0.85"/>""");
        Append($"""<line x1="{From + Length(spread.Min)}" y1="{y + (BarHeight / 2)}" x2="{From + Length(spread.Max)}" y2="{y + (BarHeight / 2)}" stroke="{Ink}"/>""");
        Append($"""<text x="{From + Length(spread.Max) + 6}" y="{y + 12}">{Escape(Figure.Text(spread.Median))}</text>""");
    }

    private string End()
    {
        Append($"</svg>");
        return _text.ToString();
    }

    private void Append(FormattableString text) => _text.Append(Text(text)).Append('\n');

    private static double X(Axis axis, double value) => Math.Round(Left + ((Width - Left - Right) * axis.Place(value)), 1);

    private static double Y(Axis axis, double value) => Math.Round(Top + (LinesHeight * (1 - axis.Place(value))), 1);

    private static string Label(double mark) => mark.ToString(mark >= 10_000 ? "#,0" : "0.###", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Escape(string text) => SecurityElement.Escape(text);
}
