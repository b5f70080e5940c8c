using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using RealtimeGateway.Signing;

namespace RealtimeGateway.Integrations.Aws;

/// <summary>
/// The credentials that the gateway itself calls AWS with, by the chain of the AWS SDK: environment, profiles, web identity, container, instance.
/// </summary>
/// <remarks>
/// The chain is walked once and refreshes by itself; when it finds nothing, it is walked again after a minute, since asking an instance-metadata
/// service that is not there takes seconds.
/// </remarks>
internal sealed class AwsCredentialSource(TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private Task<AWSCredentials?>? _search;
    private long _searchedAt;

    /// <summary>The credentials now; null when there are none.</summary>
    /// <exception cref="AmazonClientException">Credentials that were found could not be refreshed.</exception>
    public async ValueTask<AwsCredential?> GetAsync(CancellationToken cancellationToken)
    {
        if (await Search().WaitAsync(cancellationToken) is not { } credentials)
        {
            return null;
        }

        var current = await credentials.GetCredentialsAsync().WaitAsync(cancellationToken);
        return new AwsCredential(current.AccessKey, current.SecretKey, current.UseToken ? current.Token : null);
    }

    private static AWSCredentials? WalkChain()
    {
        try
        {
            return DefaultAWSCredentialsIdentityResolver.GetCredentials();
        }
        catch (AmazonClientException)
        {
            // Thrown when no link of the chain has credentials.
            return null;
        }
    }

    private Task<AWSCredentials?> Search()
    {
        lock (_gate)
        {
            var foundNothing = _search is { IsCompletedSuccessfully: true } && _search.GetAwaiter().GetResult() is null;
            if (_search is null || (foundNothing && time.GetElapsedTime(_searchedAt) >= RetryAfter))
            {
                _searchedAt = time.GetTimestamp();
                // The chain asks files and the network without an asynchronous form.
                _search = Task.Run(WalkChain);
            }

            return _search;
        }
    }
}
