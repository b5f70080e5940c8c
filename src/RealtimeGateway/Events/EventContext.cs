using System.Buffers;
using System.Collections.Immutable;
using Microsoft.Extensions.Primitives;
using RealtimeGateway.Buffers;
using RealtimeGateway.Connections;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Expressions;
using RealtimeGateway.Expressions.Templates;

namespace RealtimeGateway.Events;

/// <summary>
/// One event on its way to an integration and back: what happened, to whom, on which route, and what came of it. Expressions and templates
/// read it. Only the dispatcher makes it, and reuses it when the event is over.
/// </summary>
internal sealed class EventContext : IMessageSource, ITemplateVariables
{
    /// <summary>What happened.</summary>
    public required EventType Type { get; set; }

    /// <summary>Where.</summary>
    public required StageIdentity Stage { get; set; }

    /// <summary>The route that was selected; empty when none takes the message.</summary>
    public required string RouteKey { get; set; }

    /// <summary>The connection.</summary>
    public required ConnectionId ConnectionId { get; set; }

    /// <summary>The client.</summary>
    public required ClientIdentity Client { get; set; }

    /// <summary>Names this event.</summary>
    public required RequestId RequestId { get; set; }

    /// <summary>When it arrived.</summary>
    public required DateTimeOffset RequestTime { get; set; }

    /// <summary>Names the message; only of a <see cref="EventType.Message"/>.</summary>
    public ConnectionId MessageId { get; set; }

    /// <summary>The message; valid while the integration runs.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>Whether the message was sent as binary.</summary>
    public bool IsBinary { get; set; }

    /// <summary>The client's request; only of a <see cref="EventType.Connect"/>.</summary>
    public UpgradeRequest? Upgrade { get; set; }

    /// <summary>How the connection ended; only of a <see cref="EventType.Disconnect"/>.</summary>
    public CloseReason CloseReason { get; set; }

    /// <summary>How long the authorizer took, shown in the CONNECT event; null when there is none.</summary>
    public long? AuthorizerLatencyMilliseconds { get; set; }

    /// <summary>What the checks of the handshake came to; null when none was made.</summary>
    public AccessChecks? Checks { get; set; }

    /// <summary>The integration's answer, for the expressions and templates of responses; null before it has come.</summary>
    public IntegrationAnswer? Answer { get; set; }

    /// <summary>What the client was told went wrong; null while nothing has.</summary>
    public ErrorFrame? Error { get; set; }

    /// <summary>What is wrong with the message by its model; null when nothing is.</summary>
    public string? ValidationError { get; set; }

    /// <summary>The status of the event; 0 while it is under way.</summary>
    public int Status { get; set; }

    /// <summary>How long the integration took; null when none was called.</summary>
    public long? IntegrationLatencyMilliseconds { get; set; }

    /// <summary>Takes the steps of the event; null where the execution log is off.</summary>
    public ExecutionTrace? Trace { get; set; }

    /// <summary>Memory for whoever works on the event, one at a time; to be reset before use.</summary>
    public PooledBufferWriter Scratch { get; } = new();

    ReadOnlyMemory<byte> IMessageSource.RequestBody => Body;

    string? IMessageSource.BasePath => null;

    int IMessageSource.ResponseStatus => Answer?.StatusCode ?? 0;

    ReadOnlyMemory<byte> IMessageSource.ResponseBody => Answer?.Body ?? default;

    ReadOnlyMemory<byte> ITemplateVariables.Body => Answer?.Body ?? Body;

    IReadOnlyDictionary<string, string> ITemplateVariables.PathParameters => ImmutableDictionary<string, string>.Empty;

    IReadOnlyDictionary<string, string> ITemplateVariables.QueryString =>
        Upgrade?.SingleValueQuery ?? (IReadOnlyDictionary<string, string>)ImmutableDictionary<string, string>.Empty;

    IReadOnlyDictionary<string, string> ITemplateVariables.Headers =>
        Upgrade?.SingleValueHeaders ?? (IReadOnlyDictionary<string, string>)ImmutableDictionary<string, string>.Empty;

    IReadOnlyDictionary<string, string> ITemplateVariables.StageVariables => Stage.Variables;

    /// <summary>Makes a context of an earlier event fit for a new one.</summary>
    public void Clear()
    {
        Body = default;
        MessageId = default;
        IsBinary = false;
        Upgrade = null;
        CloseReason = default;
        AuthorizerLatencyMilliseconds = null;
        Checks = null;
        Answer = null;
        Error = null;
        ValidationError = null;
        Trace = null;
        Status = 0;
        IntegrationLatencyMilliseconds = null;
    }

    StringValues IMessageSource.RequestHeader(string name) => Upgrade?.Headers[name] ?? default;

    StringValues IMessageSource.RequestQuery(string name) =>
        Upgrade is { } upgrade && upgrade.Query.TryGetValue(name, out var values) ? values : default;

    StringValues IMessageSource.ResponseHeader(string name) => Answer?.Header(name) ?? default;

    string? IMessageSource.StageVariable(string name) => Stage.Variables.GetValueOrDefault(name);

    /// <inheritdoc/>
    public bool TryWriteContext(in ContextVariable variable, IBufferWriter<byte> destination) =>
        ContextWriter.TryWrite(this, variable, destination);

    bool ITemplateVariables.TryWriteContext(ContextReference reference, IBufferWriter<byte> output) =>
        ContextWriter.TryWrite(this, TemplateContext.VariableOf(reference), output);

    string? ITemplateVariables.GetContext(ContextReference reference) => TemplateContext.Print(this, reference);

    IReadOnlyCollection<string> ITemplateVariables.GetContextNames(string path) => TemplateContext.Names(this, path);

    /// <summary>On a WebSocket there is nothing that a template could override.</summary>
    bool ITemplateVariables.TrySetContext(string path, string value) => false;
}
