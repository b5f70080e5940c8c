using System.Buffers;
using System.Text;
using RealtimeGateway.Expressions.Templates;

namespace RealtimeGateway.Tests.Expressions.Templates;

/// <summary>Variables from plain dictionaries. Context values are kept as UTF-8 too, as the gateway does.</summary>
internal sealed class FakeVariables : ITemplateVariables
{
    private readonly Dictionary<string, byte[]> _utf8 = new(StringComparer.Ordinal);

    public ReadOnlyMemory<byte> Body { get; init; }

    public Dictionary<string, string> Context { get; init; } = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> PathParameters { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> QueryString { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> StageVariables { get; init; } = new Dictionary<string, string>();

    public bool TryWriteContext(ContextReference reference, IBufferWriter<byte> output)
    {
        if (!_utf8.TryGetValue(reference.Path, out var bytes))
        {
            if (!Context.TryGetValue(reference.Path, out var text))
            {
                return false;
            }

            bytes = Encoding.UTF8.GetBytes(text);
            _utf8[reference.Path] = bytes;
        }

        output.Write(bytes);
        return true;
    }

    public string? GetContext(ContextReference reference) => Context.GetValueOrDefault(reference.Path);

    public IReadOnlyCollection<string> GetContextNames(string path)
    {
        List<string>? names = null;
        foreach (var key in Context.Keys)
        {
            if (path.Length > 0 && !(key.Length > path.Length && key[path.Length] == '.' && key.StartsWith(path, StringComparison.Ordinal)))
            {
                continue;
            }

            var name = key[(path.Length == 0 ? 0 : path.Length + 1)..].Split('.')[0];
            names ??= [];
            if (!names.Contains(name))
            {
                names.Add(name);
            }
        }

        return names ?? (IReadOnlyCollection<string>)[];
    }

    public bool TrySetContext(string path, string value)
    {
        if (!path.StartsWith("requestOverride.", StringComparison.Ordinal) && !path.StartsWith("responseOverride.", StringComparison.Ordinal))
        {
            return false;
        }

        Context[path] = value;
        _utf8.Remove(path);
        return true;
    }
}
