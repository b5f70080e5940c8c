using System.Text.RegularExpressions;

namespace RealtimeGateway.Tests.Architecture;

/// <summary>The source files of the product, for rules that the compiler does not check.</summary>
internal static partial class Sources
{
    /// <summary>The files of one project by their path within it, with forward slashes.</summary>
    public static IReadOnlyDictionary<string, string> Of(string project)
    {
        var root = Path.Combine(Root(), "src", project);
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(root, file).Replace('\\', '/'), File: file))
            .Where(file => !file.Path.StartsWith("obj/", StringComparison.Ordinal) && !file.Path.StartsWith("bin/", StringComparison.Ordinal))
            .ToDictionary(file => file.Path, file => File.ReadAllText(file.File), StringComparer.Ordinal);
    }

    /// <summary>The text of one file below the root of the repository.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root(), path));

    /// <summary>The room of a file: its first folder; empty for what stands outside all rooms.</summary>
    public static string RoomOf(string path) => path.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? path[..slash] : "";

    /// <summary>The rooms of the library that a file names.</summary>
    public static IEnumerable<string> RoomsUsedBy(string text) => UsedRoom().Matches(WithoutComments(text)).Select(match => match.Groups["room"].Value).Distinct();

    /// <summary>The text without comments.</summary>
    public static string WithoutComments(string text) => Comment().Replace(text, "");

    private static string Root()
    {
        // The test's own place is known to the compiler only where builds are not deterministic; the solution is above the binaries in both.
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "RealtimeGateway.sln")))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException("RealtimeGateway.sln is not above the tests.");
    }

    [GeneratedRegex(@"\bRealtimeGateway\.(?<room>[A-Z][A-Za-z]+)\b(?!Exception)", RegexOptions.CultureInvariant)]
    private static partial Regex UsedRoom();

    [GeneratedRegex(@"^\s*//.*$|(?<=\s)//\s.*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Comment();
}
