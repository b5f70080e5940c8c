using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using RealtimeGateway.ControlPlane;
using RealtimeGateway.ControlPlane.Wire;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Hosting;

namespace RealtimeGateway.Server.Operations;

/// <summary>
/// Hands out what the gateway, the web server and the runtime measure: to Prometheus, which asks for <c>/metrics</c> of the admin listener, and to an OTLP
/// collector where OpenTelemetry's environment names one (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
/// </summary>
internal static class MetricsExport
{
    /// <summary>Where Prometheus asks.</summary>
    public const string Path = "/metrics";

    // Both are OpenTelemetry's own names.
    private static readonly string[] CollectorVariables = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    /// <summary>Begins to collect, when anybody is going to want it.</summary>
    public static void AddMetricsExport(this WebApplicationBuilder builder, ServerSettings settings)
    {
        var hasCollector = CollectorVariables.Any(name => builder.Configuration[name] is { Length: > 0 });
        if (!settings.Metrics && !hasCollector)
        {
            return;
        }

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("realtimegateway", serviceInstanceId: settings.NodeName ?? new RealtimeGatewayOptions().NodeName).AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(GatewayMetrics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel");
                if (settings.Metrics)
                {
                    metrics.AddPrometheusExporter();
                }

                if (hasCollector)
                {
                    metrics.AddOtlpExporter();
                }
            });
    }

    /// <summary>Answers Prometheus, if it is to be answered. Who may ask is who may ask for the nodes.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder admin)
    {
        if (!admin.ServiceProvider.GetRequiredService<ServerSettings>().Metrics)
        {
            return;
        }

        var operators = admin.ServiceProvider.GetRequiredService<OperatorCheck>();
        admin.MapPrometheusScrapingEndpoint(Path, meterProvider: null, branch => branch.Use(next => operators.Guard(next, Refuse)), optionsName: null);

        static Task Refuse(HttpContext http, ControlPlaneError error) => new Refused(error.Status, error.Type, error.Message).ExecuteAsync(http);
    }
}
