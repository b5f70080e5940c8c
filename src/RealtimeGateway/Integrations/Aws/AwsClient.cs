using Amazon.Runtime;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Integrations.Http;
using RealtimeGateway.Signing;

namespace RealtimeGateway.Integrations.Aws;

/// <summary>Sends signed requests to AWS services, or unsigned ones to an emulator when there are no credentials.</summary>
internal sealed partial class AwsClient(
    BackendClient http, AwsCredentialSource credentials, RoleCredentials roles, SigV4Signer signer, TimeProvider time, ILogger<AwsClient> log)
{
    /// <summary>Signs and sends a request.</summary>
    /// <param name="request">Disposed of by this call.</param>
    /// <param name="body">Its body, as its content will send it.</param>
    /// <param name="target">Where and as whom.</param>
    /// <param name="trace">Takes the steps; null where the execution log is off.</param>
    /// <param name="cancellationToken">Ends the call early.</param>
    public async ValueTask<BackendAnswer> SendAsync(
        HttpRequestMessage request, ReadOnlyMemory<byte> body, AwsTarget target, ExecutionTrace? trace, CancellationToken cancellationToken)
    {
        if (!await TrySignAsync(request, body, target, cancellationToken))
        {
            request.Dispose();
            return new BackendAnswer { Status = IntegrationStatus.Failed };
        }

        return await http.SendAsync(request, target.Timeout, target.MaxResponseBytes, trace, body, cancellationToken);
    }

    private async ValueTask<bool> TrySignAsync(
        HttpRequestMessage request, ReadOnlyMemory<byte> body, AwsTarget target, CancellationToken cancellationToken)
    {
        AwsCredential? credential;
        try
        {
            credential = target.RoleArn is { } role
                ? await roles.GetAsync(role, target.Region, cancellationToken)
                : await credentials.GetAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is AmazonClientException or HttpRequestException or OperationCanceledException)
        {
            Log.CredentialsMissing(log, target.Service, exception.Message);
            return false;
        }

        if (credential is not null)
        {
            signer.Sign(request, body.Span, credential, target.Service, target.Region, time.GetUtcNow());
            return true;
        }

        if (!target.MayBeUnsigned)
        {
            Log.CredentialsMissing(log, target.Service, target.RoleArn is { } unassumable
                ? $"the role {unassumable} could not be assumed"
                : "the AWS credential chain found none; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role");
        }

        return target.MayBeUnsigned;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.CredentialsMissing, LogLevel.Error, "The service {Service} was not called, there are no credentials for it: {Reason}")]
        public static partial void CredentialsMissing(ILogger logger, string service, string reason);
    }
}
