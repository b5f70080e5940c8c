using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Deployments;

/// <summary>What this node serves now. A change is compiled beside it and takes over by one reference, or not at all.</summary>
internal sealed partial class ActiveStages(GatewayCompiler compiler, ILogger<ActiveStages> log)
{
    private readonly Lock _gate = new();
    private volatile StageTable _table = StageTable.Empty;
    private volatile GatewayConfiguration? _configuration;
    private volatile GatewayConfiguration _authored = GatewayConfiguration.Empty;
    private GatewayConfiguration _deployed = GatewayConfiguration.Empty;

    /// <summary>Called when <see cref="Authored"/> has changed.</summary>
    public event Action? AuthoredChanged;

    /// <summary>Called with the table that has just taken over, after every change.</summary>
    public event Action<StageTable>? Changed;

    /// <summary>What is served now.</summary>
    public StageTable Table => _table;

    /// <summary>Whether a configuration has ever been taken over.</summary>
    public bool HasConfiguration => _configuration is not null;

    /// <summary>What <see cref="Table"/> was made from.</summary>
    public GatewayConfiguration Configuration => _configuration ?? GatewayConfiguration.Empty;

    /// <summary>What the application or its file says, without what tools have deployed.</summary>
    public GatewayConfiguration Authored => _authored;

    /// <summary>
    /// Serves <paramref name="configuration"/> from now on, beside what tools have deployed. Open sockets stay; those of a stage that is gone are closed.
    /// </summary>
    /// <returns>Everything that is wrong; then nothing has changed.</returns>
    public ImmutableArray<ConfigurationError> Apply(GatewayConfiguration configuration)
    {
        lock (_gate)
        {
            var errors = Serve(configuration, _deployed);
            if (!errors.IsEmpty)
            {
                return errors;
            }

            _authored = configuration;
        }

        AuthoredChanged?.Invoke();
        return [];
    }

    /// <summary>
    /// Serves what tools have deployed from now on, beside what the application or its file says, which wins where both have an API of the same id.
    /// An API may be there several times, with different stages.
    /// </summary>
    /// <returns>Everything that is wrong; then nothing has changed.</returns>
    public ImmutableArray<ConfigurationError> ApplyDeployed(GatewayConfiguration deployed)
    {
        lock (_gate)
        {
            var errors = Serve(_authored, deployed);
            if (errors.IsEmpty)
            {
                _deployed = deployed;
            }

            return errors;
        }
    }

    /// <summary>Says what is wrong with a configuration, without serving it.</summary>
    public ImmutableArray<ConfigurationError> Check(GatewayConfiguration configuration) => compiler.Compile(configuration, out _);

    /// <summary>Says what would be wrong if <see cref="ApplyDeployed"/> were called.</summary>
    public ImmutableArray<ConfigurationError> CheckDeployed(GatewayConfiguration deployed) => compiler.Compile(Union(_authored, deployed), out _);

    private ImmutableArray<ConfigurationError> Serve(GatewayConfiguration authored, GatewayConfiguration deployed)
    {
        var configuration = Union(authored, deployed);
        var errors = compiler.Compile(configuration, out var stages);
        if (stages is null)
        {
            return errors;
        }

        _table = _table.Succeed(stages, configuration.DefaultApi, configuration.Domains);
        _configuration = configuration;
        Log.Applied(log, stages.Length);
        Changed?.Invoke(_table);
        return [];
    }

    private static GatewayConfiguration Union(GatewayConfiguration authored, GatewayConfiguration deployed)
    {
        ImmutableArray<Api> apis = [.. deployed.Apis.Where(api => !authored.Apis.Any(other => other.Id == api.Id))];
        var values = authored.ApiKeys.Select(key => key.Value).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<ApiKey> keys =
        [
            .. authored.ApiKeys,
            .. deployed.ApiKeys.ExceptBy(authored.ApiKeys.Select(key => key.Id), key => key.Id, StringComparer.Ordinal).Where(key => !values.Contains(key.Value)),
        ];

        // A tool's plan may name what the file has taken away since; that must not stop the file.
        var stages = authored.Apis.Concat(apis).SelectMany(api => api.Stages.Select(stage => $"{api.Id}/{stage.Name}")).ToHashSet(StringComparer.Ordinal);
        var keyIds = keys.Select(key => key.Id).ToHashSet(StringComparer.Ordinal);
        return authored with
        {
            Deployed = apis,
            Domains =
            [
                .. authored.Domains,
                .. deployed.Domains.Where(domain => stages.Contains($"{domain.ApiId}/{domain.Stage}") && !authored.Domains.Any(other =>
                    other.Host.Equals(domain.Host, StringComparison.OrdinalIgnoreCase) && other.BasePath.Trim('/') == domain.BasePath)),
            ],
            ApiKeys = keys,
            UsagePlans =
            [
                .. authored.UsagePlans,
                .. deployed.UsagePlans.ExceptBy(authored.UsagePlans.Select(plan => plan.Id), plan => plan.Id, StringComparer.Ordinal)
                    .Select(plan => plan with { Stages = plan.Stages.RemoveAll(stage => !stages.Contains(stage)), Keys = plan.Keys.RemoveAll(key => !keyIds.Contains(key)) }),
            ],
        };
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ConfigurationApplied, LogLevel.Information, "The configuration has taken over; it serves {Stages} stages.")]
        public static partial void Applied(ILogger logger, int stages);
    }
}
