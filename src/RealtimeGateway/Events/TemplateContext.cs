using System.Buffers;
using System.Text;
using RealtimeGateway.Expressions;
using RealtimeGateway.Expressions.Templates;

namespace RealtimeGateway.Events;

/// <summary><c>$context</c> as mapping templates see it.</summary>
internal static class TemplateContext
{
    private const string AuthorizerPrefix = "authorizer.";

    /// <summary>How templates are compiled, so that a variable is looked up by number when they run.</summary>
    public static TemplateSettings Settings { get; } = new() { ContextIds = static path => (int)KeyOf(path) };

    /// <summary>The variable that a reference names.</summary>
    public static ContextVariable VariableOf(ContextReference reference)
    {
        var key = (ContextKey)Math.Max(reference.Id, 0);
        return key == ContextKey.AuthorizerProperty ? new ContextVariable(key, reference.Path[AuthorizerPrefix.Length..]) : new ContextVariable(key);
    }

    /// <summary>The variable's text; null when it is not set.</summary>
    public static string? Print(EventContext context, ContextReference reference)
    {
        var writer = new ArrayBufferWriter<byte>();
        return context.TryWriteContext(VariableOf(reference), writer) ? Encoding.UTF8.GetString(writer.WrittenSpan) : null;
    }

    /// <summary>The names below a path that are set.</summary>
    public static List<string> Names(EventContext context, string path)
    {
        var prefix = path.Length == 0 ? "" : path + ".";
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in ContextVariable.Names)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal)
                && ContextVariable.TryParse(name, out var variable)
                && context.TryWriteContext(variable, new ArrayBufferWriter<byte>()))
            {
                names.Add(name[prefix.Length..].Split('.')[0]);
            }
        }

        if (prefix == AuthorizerPrefix && context.Client.Authorizer is { } authorizer)
        {
            names.UnionWith(authorizer.Values.Keys);
        }

        return [.. names];
    }

    private static ContextKey KeyOf(string path) => ContextVariable.TryParse(path, out var variable) ? variable.Key : ContextKey.Unset;
}
