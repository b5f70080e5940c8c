using System.Text;

namespace RealtimeGateway.Server.Connect;

/// <summary>The lines entered before, newest last, kept in a file that only its user can read.</summary>
internal sealed class LineHistory
{
    private const int MaxLines = 1000;

    private readonly List<string> _lines = [];
    private readonly string? _path;
    private int _position;
    private string _draft = "";

    /// <summary>Reads the history.</summary>
    /// <param name="path">The file; <see langword="null"/>: nothing is kept.</param>
    public LineHistory(string? path)
    {
        _path = path;
        if (path is not null && File.Exists(path))
        {
            try
            {
                _lines.AddRange(File.ReadLines(path).Where(line => line.Length > 0).TakeLast(MaxLines).Select(Unescape));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A history that cannot be read is no reason not to connect.
                _path = null;
            }
        }

        _position = _lines.Count;
    }

    /// <summary>Where the program keeps the history of this user.</summary>
    public static string DefaultPath => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "realtime-gateway", "connect-history");

    /// <summary>Adds a line, unless it is the last one again.</summary>
    public void Add(string line)
    {
        if (line.Length > 0 && (_lines.Count == 0 || _lines[^1] != line))
        {
            _lines.Add(line);
            if (_lines.Count > MaxLines)
            {
                _lines.RemoveAt(0);
            }
        }

        _position = _lines.Count;
        _draft = "";
    }

    /// <summary>The line before, or <see langword="null"/> at the oldest.</summary>
    /// <param name="current">What stands in the line now; it comes back at the end.</param>
    public string? Previous(string current)
    {
        if (_position == 0)
        {
            return null;
        }

        if (_position == _lines.Count)
        {
            _draft = current;
        }

        return _lines[--_position];
    }

    /// <summary>The line after, at last what was begun; <see langword="null"/> behind that.</summary>
    public string? Next()
    {
        if (_position == _lines.Count)
        {
            return null;
        }

        return ++_position == _lines.Count ? _draft : _lines[_position];
    }

    /// <summary>Writes the file.</summary>
    public void Save()
    {
        if (_path is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var writer = new StreamWriter(_path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options);
            foreach (var line in _lines)
            {
                writer.Write(Escape(line));
                writer.Write('\n');
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A history that cannot be written costs the user nothing but itself.
        }
    }

    private static string Escape(string line) =>
        line.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);

    private static string Unescape(string line)
    {
        var text = new StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            _ = line[i] == '\\' && i + 1 < line.Length
                ? text.Append(line[++i] switch { 'n' => '\n', 'r' => '\r', var c => c })
                : text.Append(line[i]);
        }

        return text.ToString();
    }
}
