using Microsoft.Extensions.Logging;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations.Aws;
using RealtimeGateway.Integrations.Http;

namespace RealtimeGateway.Integrations;

/// <summary>What all integrations of a node share.</summary>
internal sealed record IntegrationResources(
    BackendClient Client, AwsClient Aws, AwsEndpoints Endpoints, ILoggerFactory Loggers, TraceIds Traces, TimeProvider Time);
