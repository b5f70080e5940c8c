using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.ControlPlane.Projection;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;
using RealtimeGateway.Deployments;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.ControlPlane;

/// <summary>
/// Runs operations one after the other: decide on the state, check that traffic could follow, store, then show the new state and let traffic follow. What
/// cannot be served is refused before it is stored; what is acknowledged has been stored.
/// </summary>
internal sealed partial class CommandExecutor(
    IApiStore store, ActiveStages stages, AuthoredResources authored, AutoDeployment autoDeployment, ILogger<CommandExecutor> log) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile ControlPlaneState _state = new() { Revision = 0, Stored = ResourceTree.Empty };
    private StageProjection _projection = StageProjection.Empty;

    // By the store's key: what has not been written since it was read is the same object after the next reading.
    private readonly Dictionary<string, (long Revision, Resource Resource)> _known = new(StringComparer.Ordinal);

    /// <summary>The state that readers see.</summary>
    public ControlPlaneState State => _state;

    /// <summary>Reads the store and serves what it holds. A stage that cannot be served any more is told in the log and left out.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await ReloadAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Follows a change of the configuration that the application or its file gives.</summary>
    public async Task FollowAuthoredAsync(GatewayConfiguration configuration, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            Show(_state with { Authored = authored.Of(configuration) });
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Follows what other nodes write, until cancelled.</summary>
    public async Task FollowStoreAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await store.WaitForChangeAsync(_state.Revision, cancellationToken);
            await _gate.WaitAsync(cancellationToken);
            try
            {
                // Most changes are this node's own, and shown already.
                if (await store.WaitForChangeAsync(-1, cancellationToken) > _state.Revision)
                {
                    await ReloadAsync(cancellationToken);
                }
            }
            finally
            {
                _gate.Release();
            }
        }
    }

    /// <summary>Runs an operation.</summary>
    public async ValueTask<Reply> RunAsync(Func<ControlPlaneState, Decision> decide, CancellationToken cancellationToken)
    {
        // Most operations read, and need not wait for one another.
        if (decide(_state) is { Changes.IsEmpty: true } read)
        {
            return read.Reply;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                if (await TryCommitAsync(decide(_state)) is { } reply)
                {
                    return reply;
                }

                // Another node has written: decide again, on what is true now.
                await ReloadAsync(cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    /// <summary>Stores and shows what was decided; null when the store has been written to by somebody else.</summary>
    private async ValueTask<Reply?> TryCommitAsync(Decision decision)
    {
        var before = _state;
        if (decision.Changes.IsEmpty)
        {
            return decision.Reply;
        }

        if (authored.Refuse(before, decision.Changes) is { } readOnly)
        {
            return Reply.Of(readOnly);
        }

        var changes = autoDeployment.Extend(before, decision.Changes, CheckStage);
        var after = before.With(changes);
        var projection = StageProjection.Of(after, _projection, CheckStage);
        if (NewProblem(projection) is { } problem)
        {
            return Reply.Of(ControlPlaneError.BadRequest(problem));
        }

        if (!ReferenceEquals(projection.Configuration, _projection.Configuration)
            && stages.CheckDeployed(projection.Configuration) is { IsEmpty: false } errors)
        {
            return Reply.Of(ControlPlaneError.BadRequest(Text(errors)));
        }

        // From here on the caller's leaving changes nothing.
        var writes = changes.Select(change => new StoreWrite(
            change.Key.ToString(), change.After is { } resource ? ResourceJson.Write(change.Key, resource) : (ReadOnlyMemory<byte>?)null));
        var outcome = await store.WriteAsync(before.Revision, [.. writes], CancellationToken.None);
        if (!outcome.IsWritten)
        {
            return null;
        }

        foreach (var (key, resource) in changes)
        {
            Remember(key.ToString(), outcome.Revision, resource);
        }

        _state = after with { Revision = outcome.Revision };
        Serve(projection);
        return decision.Reply;
    }

    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var content = await store.LoadAsync(cancellationToken);
        var resources = new List<(ResourceKey, Resource)>(content.Documents.Length);
        var known = new Dictionary<string, (long Revision, Resource Resource)>(_known);
        _known.Clear();
        foreach (var document in content.Documents)
        {
            if (!ResourceKey.TryParse(document.Key, out var key))
            {
                Log.UnknownDocument(log, document.Key);
                continue;
            }

            if (known.TryGetValue(document.Key, out var same) && same.Revision == document.Revision)
            {
                resources.Add((key, same.Resource));
            }
            else if (ResourceJson.TypeOf(key.Collection) is { } type)
            {
                if (TryRead(document, type) is not { } resource)
                {
                    continue;
                }

                resources.Add((key, resource));
            }
            else
            {
                Log.UnknownDocument(log, document.Key);
                continue;
            }

            Remember(document.Key, document.Revision, resources[^1].Item2);
        }

        Show(_state with { Revision = content.Revision, Stored = ResourceTree.Of(resources) });
    }

    /// <summary>Reads a document; null for one that somebody has spoiled, which must not keep all others from being served.</summary>
    private Resource? TryRead(StoredDocument document, JsonTypeInfo type)
    {
        try
        {
            return (Resource?)JsonSerializer.Deserialize(document.Json.Span, type) ?? throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            Log.BrokenDocument(log, exception, document.Key);
            return null;
        }
    }

    private void Show(ControlPlaneState state)
    {
        var known = _projection.Problems.ToImmutableHashSet();
        var projection = StageProjection.Of(state, _projection, CheckStage);
        foreach (var (stage, problem) in projection.Problems.Where(problem => !known.Contains(problem)))
        {
            Log.StageNotServed(log, stage, problem);
        }

        _state = state;
        Serve(projection);
    }

    private void Serve(StageProjection projection)
    {
        var served = _projection.Configuration;
        _projection = projection;
        if (!ReferenceEquals(served, projection.Configuration)
            && stages.ApplyDeployed(projection.Configuration) is { IsEmpty: false } errors)
        {
            Log.NotServed(log, Text(errors));
        }
    }

    private void Remember(string key, long revision, Resource? resource)
    {
        if (resource is null)
        {
            _known.Remove(key);
        }
        else
        {
            _known[key] = (revision, resource);
        }
    }

    /// <summary>A problem of a stage that did not have it before.</summary>
    private string? NewProblem(StageProjection projection)
    {
        var known = _projection.Problems.ToImmutableHashSet();
        var (stage, problem) = projection.Problems.FirstOrDefault(problem => !known.Contains(problem));
        return problem is null ? null : $"Stage '{stage.Id}' cannot be served: {problem}";
    }

    private string? CheckStage(Api api) =>
        stages.Check(new GatewayConfiguration { Apis = [api] }) is { IsEmpty: false } errors ? Text(errors) : null;

    private static string Text(ImmutableArray<ConfigurationError> errors) => string.Join(" ", errors.Select(error => error.ToString()));

    private static partial class Log
    {
        [LoggerMessage(EventIds.StoredDocumentUnknown, LogLevel.Warning, "The store holds '{Key}', which this version does not know; it is left alone.")]
        public static partial void UnknownDocument(ILogger logger, string key);

        [LoggerMessage(EventIds.StoredDocumentBroken, LogLevel.Error, "The document '{Key}' of the store cannot be read, and is left out. Restore it, or write it again.")]
        public static partial void BrokenDocument(ILogger logger, Exception exception, string key);

        [LoggerMessage(EventIds.StoredStageNotServed, LogLevel.Error, "The stage {Stage} is not served: {Problem}")]
        public static partial void StageNotServed(ILogger logger, ResourceKey stage, string problem);

        [LoggerMessage(EventIds.DeployedNotServed, LogLevel.Error, "What tools have deployed cannot take over, and traffic sees the state before: {Problem}")]
        public static partial void NotServed(ILogger logger, string problem);
    }
}
