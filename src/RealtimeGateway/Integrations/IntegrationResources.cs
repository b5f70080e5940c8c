using Microsoft.Extensions.Logging;
using RealtimeGateway.Integrations.Aws;
using RealtimeGateway.Integrations.Http;
using RealtimeGateway.Signing;

namespace RealtimeGateway.Integrations;

/// <summary>What all integrations of a node share.</summary>
internal sealed record IntegrationResources(
    BackendClient Client,
    AwsEndpoints Endpoints,
    AwsCredentialSource Credentials,
    SigV4Signer Signer,
    ILoggerFactory Loggers,
    TimeProvider Time);
