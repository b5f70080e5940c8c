using System.Buffers;
using System.Buffers.Text;
using System.Collections.Frozen;
using System.Text;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Buffers;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;
using RealtimeGateway.Expressions;
using RealtimeGateway.Expressions.Templates;

namespace RealtimeGateway.Integrations;

/// <summary>The compiled templates of a request or a response: selects one, runs it, or lets the body pass.</summary>
internal sealed partial class BodyTemplates
{
    private const string Default = "$default";

    private readonly FrozenDictionary<string, Template> _byKey;
    private readonly Template? _default;
    private readonly SelectionExpression? _selection;
    private readonly PassthroughBehavior _passthrough;
    private readonly ContentHandling _handling;
    private readonly ILogger _log;

    private BodyTemplates(
        Dictionary<string, Template> byKey, SelectionExpression? selection, PassthroughBehavior passthrough, ContentHandling handling, ILogger log)
    {
        _byKey = byKey.ToFrozenDictionary(StringComparer.Ordinal);
        _default = byKey.GetValueOrDefault(Default);
        _selection = selection;
        _passthrough = passthrough;
        _handling = handling;
        _log = log;
    }

    /// <summary>Whether there are no templates.</summary>
    public bool IsEmpty => _byKey.Count == 0;

    /// <summary>Whether every body passes unchanged.</summary>
    public bool IsPassThrough => IsEmpty && _handling == ContentHandling.None && _passthrough != PassthroughBehavior.Never;

    /// <summary>The longest body, in bytes, with which <see cref="Write"/> is sure to be short work; -1: with none.</summary>
    public int QuickBytes => _byKey.Values.Select(template => template.QuickBytes).DefaultIfEmpty(int.MaxValue).Min();

    /// <summary>Compiles templates; says everything that is wrong.</summary>
    /// <param name="templates">Their texts by key.</param>
    /// <param name="templatesName">How the configuration calls them.</param>
    /// <param name="selectionText">The expression that selects one; null: <c>$default</c>.</param>
    /// <param name="scope">Where that expression stands.</param>
    /// <param name="passthrough">What happens when none is selected.</param>
    /// <param name="handling">What happens to the body otherwise.</param>
    /// <param name="path">Where they were written.</param>
    /// <param name="errors">Takes everything that is wrong.</param>
    /// <param name="log">Takes templates that fail.</param>
    public static BodyTemplates Compile(
        IReadOnlyDictionary<string, string> templates,
        string templatesName,
        string? selectionText,
        SelectionScope scope,
        PassthroughBehavior passthrough,
        ContentHandling handling,
        ConfigurationPath path,
        ICollection<ConfigurationError> errors,
        ILogger log)
    {
        var compiled = new Dictionary<string, Template>(StringComparer.Ordinal);
        foreach (var (key, text) in templates)
        {
            if (Template.TryParse(text, TemplateContext.Settings, out var template, out var error))
            {
                compiled.Add(key, template);
            }
            else
            {
                errors.Add(new(path[templatesName][key], $"The template is wrong at {error}"));
            }
        }

        SelectionExpression? selection = null;
        if (selectionText is not null && !SelectionExpression.TryParse(selectionText, scope, out selection, out var problem))
        {
            errors.Add(new(path["templateSelectionExpression"], problem));
        }

        return new BodyTemplates(compiled, selection, passthrough, handling, log);
    }

    /// <summary>Writes what becomes of a body.</summary>
    /// <param name="context">What templates and expressions read.</param>
    /// <param name="body">The body that passes when no template is selected.</param>
    /// <param name="output">Takes the result.</param>
    public TemplateStatus Write(EventContext context, ReadOnlySpan<byte> body, PooledBufferWriter output)
    {
        if (Select(context) is { } template)
        {
            var outcome = template.Evaluate(context, output);
            if (!outcome.IsOk)
            {
                Log.TemplateFailed(_log, context.RouteKey, outcome.Line, outcome.Column, outcome.Failure, outcome.Message);
                return TemplateStatus.Failed;
            }
        }
        else if (_passthrough == PassthroughBehavior.Never || (_passthrough == PassthroughBehavior.WhenNoTemplates && !IsEmpty))
        {
            return TemplateStatus.Refused;
        }
        else
        {
            output.Write(body);
        }

        return TryConvert(output) ? TemplateStatus.Written : TemplateStatus.Failed;
    }

    private Template? Select(EventContext context)
    {
        if (_selection is null || IsEmpty)
        {
            return _default;
        }

        using var key = new PooledBufferWriter();
        return _selection.Evaluate(context, key) == SelectionStatus.Ok
            && _byKey.TryGetValue(Encoding.UTF8.GetString(key.WrittenSpan), out var selected)
            ? selected
            : _default;
    }

    private bool TryConvert(PooledBufferWriter output)
    {
        if (_handling == ContentHandling.None)
        {
            return true;
        }

        using var original = output.Detach();
        if (_handling == ContentHandling.ConvertToText)
        {
            var span = output.GetSpan(Base64.GetMaxEncodedToUtf8Length(original.Span.Length));
            Base64.EncodeToUtf8(original.Span, span, out _, out var encoded);
            output.Advance(encoded);
            return true;
        }

        var bytes = output.GetSpan(Base64.GetMaxDecodedFromUtf8Length(original.Span.Length));
        var isBase64 = Base64.DecodeFromUtf8(original.Span, bytes, out _, out var decoded) == OperationStatus.Done;
        output.Advance(isBase64 ? decoded : 0);
        return isBase64;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.TemplateFailed, LogLevel.Warning, "A template of the route {RouteKey} failed at line {Line}, column {Column}: {Failure} {Reason}")]
        public static partial void TemplateFailed(ILogger logger, string routeKey, int line, int column, TemplateFailure failure, string? reason);
    }
}
