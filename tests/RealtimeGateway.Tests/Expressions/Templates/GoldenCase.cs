using System.Text;

namespace RealtimeGateway.Tests.Expressions.Templates;

/// <summary>
/// One file of TestData: sections that start with a line <c>=== name</c>. <c>template</c> and <c>body</c> are texts without their last line end;
/// <c>context stage header querystring path</c> hold lines <c>name=value</c>; <c>expected</c> is the output, <c>failure</c> a
/// <c>TemplateFailure</c>, <c>error</c> a line <c>line:column part of the message</c>.
/// </summary>
internal sealed class GoldenCase
{
    private const string Marker = "=== ";

    private readonly Dictionary<string, string> _sections = new(StringComparer.Ordinal);

    public string Template => _sections["template"];

    public string? Expected => _sections.GetValueOrDefault("expected");

    public string? Failure => _sections.GetValueOrDefault("failure");

    public string? Error => _sections.GetValueOrDefault("error");

    public static string Folder { get; } = Path.Combine(FindProject(), "Expressions", "Templates", "TestData");

    public static GoldenCase Read(string name)
    {
        var result = new GoldenCase();
        string? section = null;
        var lines = new List<string>();
        foreach (var line in File.ReadAllText(Path.Combine(Folder, name + ".txt")).Split('\n'))
        {
            if (line.StartsWith(Marker, StringComparison.Ordinal))
            {
                result.Add(section, lines);
                section = line[Marker.Length..];
                lines.Clear();
            }
            else
            {
                lines.Add(line);
            }
        }

        // The file ends with a line end, which opens no further line.
        lines.RemoveAt(lines.Count - 1);
        result.Add(section, lines);
        return result;
    }

    public FakeVariables Variables() => new()
    {
        Body = Encoding.UTF8.GetBytes(_sections.GetValueOrDefault("body", "")),
        Context = Pairs("context"),
        StageVariables = Pairs("stage"),
        Headers = Pairs("header"),
        QueryString = Pairs("querystring"),
        PathParameters = Pairs("path"),
    };

    /// <summary>The project's folder above the built tests. The compiler's own idea of source paths is rewritten in deterministic builds.</summary>
    private static string FindProject()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RealtimeGateway.Tests.csproj")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests do not run from their project's folder.");
        }

        return folder.FullName;
    }

    private void Add(string? section, List<string> lines)
    {
        if (section is not null)
        {
            _sections.Add(section, string.Join('\n', lines));
        }
    }

    private Dictionary<string, string> Pairs(string section) => _sections.GetValueOrDefault(section, "")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
}
