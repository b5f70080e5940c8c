using RealtimeGateway.Signing;

namespace RealtimeGateway.Server.Client;

/// <summary>
/// Who a command says it is: a bearer token (<c>--token</c>, <c>GATEWAY_TOKEN</c>), else an access key of the environment (<c>AWS_ACCESS_KEY_ID</c>,
/// <c>AWS_SECRET_ACCESS_KEY</c>, <c>AWS_SESSION_TOKEN</c>, <c>AWS_REGION</c> or <c>AWS_DEFAULT_REGION</c>), else nobody, which a gateway without keys
/// takes from its own machine. Profiles and instance roles are not asked: a command for this gateway has no business on the network for them.
/// </summary>
internal sealed class CallerCredentials
{
    private const string DefaultRegion = "us-east-1";

    private readonly SigV4Signer _signer = new();
    private readonly TimeProvider _time;
    private readonly string? _token;
    private readonly AwsCredential? _key;
    private readonly string _region;

    private CallerCredentials(string? token, AwsCredential? key, string region, TimeProvider time) =>
        (_token, _key, _region, _time) = (token, key, region, time);

    /// <summary>Whether there is an access key to sign with.</summary>
    public bool HasKey => _key is not null;

    /// <summary>Finds out who calls.</summary>
    public static CallerCredentials Find(string? token, Func<string, string?> environment, TimeProvider time)
    {
        token = Given(token) ?? Given(environment("GATEWAY_TOKEN"));
        var key = Given(environment("AWS_ACCESS_KEY_ID")) is { } id && Given(environment("AWS_SECRET_ACCESS_KEY")) is { } secret
            ? new AwsCredential(id, secret, environment("AWS_SESSION_TOKEN"))
            : null;
        return new(token, key, Given(environment("AWS_REGION")) ?? Given(environment("AWS_DEFAULT_REGION")) ?? DefaultRegion, time);
    }

    /// <summary>Says in a request who sends it.</summary>
    /// <param name="request">The request, complete but for this.</param>
    /// <param name="body">Its body.</param>
    /// <param name="service">The signing name: <c>execute-api</c> on the data listener, <c>apigateway</c> on the admin listener.</param>
    public void AddTo(HttpRequestMessage request, ReadOnlySpan<byte> body, string service)
    {
        if (_token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {_token}");
        }
        else if (_key is not null)
        {
            _signer.Sign(request, body, _key, service, _region, _time.GetUtcNow());
        }
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
