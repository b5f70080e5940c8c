using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RealtimeGateway.Apis;
using RealtimeGateway.Authorization;
using RealtimeGateway.Cluster;
using RealtimeGateway.Deployments;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;
using RealtimeGateway.Expressions;
using RealtimeGateway.Integrations;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>What all simulated nodes have in common and never changes: the API they serve, and instruments that nobody reads.</summary>
internal sealed class StageParts : IDisposable
{
    private readonly SharedMeters _meters = new();
    private readonly IHost _host;
    private readonly SelectionExpression _selection;
    private readonly RequiredParameters _parameters;
    private readonly MetricTags _tags = new("sim", "live", null);

    /// <summary>Makes them.</summary>
    public StageParts()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddRealtimeGateway();
        _host = builder.Build();
        _selection = SelectionExpression.TryParse("$request.body.action", SelectionScope.Route, out var selection, out var error)
            ? selection
            : throw new SimulationException(error);
        _parameters = RequiredParameters.Compile(new Api { Id = ApiId, Name = "sim" }, ConfigurationPath.Root, []);
        Metrics = new GatewayMetrics(_meters, static () => 0);
        Fleet = new FleetMetrics(_meters);
    }

    /// <summary>The API that everybody connects to.</summary>
    public static ApiId ApiId { get; } = ApiId.Parse("sim");

    /// <summary>Counts for nobody.</summary>
    public GatewayMetrics Metrics { get; }

    /// <summary>Counts for nobody.</summary>
    public FleetMetrics Fleet { get; }

    /// <summary>Compiles nothing here: what a node serves is made by <see cref="Slot"/>.</summary>
    public GatewayCompiler Compiler => _host.Services.GetRequiredService<GatewayCompiler>();

    /// <summary>The stage of a node whose <c>$disconnect</c> goes to <paramref name="backEnd"/>.</summary>
    public StageSlot Slot(IIntegration backEnd, TimeProvider time) => new(new CompiledStage
    {
        Identity = new StageIdentity(ApiId, "live", ImmutableSortedDictionary<string, string>.Empty, "123456789012", "us-east-1"),
        Routes = new RouteTable(_selection, [DisconnectRoute(backEnd)]),
        Limits = new StageLimits { MaxQueuedMessages = 16 },
        AllowBinary = false,
        IsDefaultEndpointDisabled = false,
        AllowedOrigins = FrozenSet<string>.Empty,
        Admission = new Admission
        {
            Time = time,
            Throttle = null,
            AccountThrottle = null,
            ApiKeys = null,
            IsKeyFromAuthorizer = false,
            Authorizer = null,
            Parameters = _parameters,
        },
        AccountThrottle = null,
        AccessLog = null,
        Tags = _tags,
        CallTags = _tags,
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _host.Dispose();
        _meters.Dispose();
    }

    private CompiledRoute DisconnectRoute(IIntegration backEnd) => new()
    {
        Key = Route.Disconnect,
        Integration = backEnd,
        IntegrationType = IntegrationType.HttpProxy,
        Models = null,
        IsTwoWay = false,
        Concurrency = RouteConcurrency.Serial,
        Throttle = null,
        Tags = _tags,
    };

    private sealed class SharedMeters : IMeterFactory
    {
        private readonly Meter _meter = new("simulation");

        public Meter Create(MeterOptions options) => _meter;

        public void Dispose() => _meter.Dispose();
    }
}
