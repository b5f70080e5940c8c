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

    /// <summary>Called with the table that has just taken over, after every change.</summary>
    public event Action<StageTable>? Changed;

    /// <summary>What is served now.</summary>
    public StageTable Table => _table;

    /// <summary>Whether a configuration has ever been taken over.</summary>
    public bool HasConfiguration => _configuration is not null;

    /// <summary>What <see cref="Table"/> was made from.</summary>
    public GatewayConfiguration Configuration => _configuration ?? GatewayConfiguration.Empty;

    /// <summary>
    /// Serves <paramref name="configuration"/> from now on. Open sockets stay; those of a stage that is gone are closed.
    /// </summary>
    /// <returns>Everything that is wrong; then nothing has changed.</returns>
    public ImmutableArray<ConfigurationError> Apply(GatewayConfiguration configuration)
    {
        lock (_gate)
        {
            var errors = compiler.Compile(configuration, out var stages);
            if (stages is null)
            {
                return errors;
            }

            _table = _table.Succeed(stages, configuration.DefaultApi);
            _configuration = configuration;
            Log.Applied(log, stages.Length);
            Changed?.Invoke(_table);
            return [];
        }
    }

    /// <summary>Says what is wrong with a configuration, without serving it.</summary>
    public ImmutableArray<ConfigurationError> Check(GatewayConfiguration configuration) => compiler.Compile(configuration, out _);

    private static partial class Log
    {
        [LoggerMessage(EventIds.ConfigurationApplied, LogLevel.Information, "The configuration has taken over; it serves {Stages} stages.")]
        public static partial void Applied(ILogger logger, int stages);
    }
}
