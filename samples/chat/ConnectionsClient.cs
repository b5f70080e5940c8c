using System.Net;

namespace RealtimeGateway.Samples.Chat;

internal enum PushOutcome
{
    Delivered,

    /// <summary>The connection has ended; nothing will ever reach it.</summary>
    Gone,

    /// <summary>Not delivered as far as we know, and not worth another try now.</summary>
    Failed,
}

/// <summary>
/// Pushes to clients: <c>POST {callback}/@connections/{connectionId}</c>, what the AWS SDKs call PostToConnection.
/// 429 and 5xx are tried again with growing, jittered waits. All tries carry one idempotency key, so that the gateway
/// recognizes a repeat of something it had delivered although its answer got lost.
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
/// </summary>
internal sealed partial class ConnectionsClient(HttpClient http, TimeProvider time, ILogger<ConnectionsClient> log)
{
    private const int MaxTries = 4;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    public async Task<PushOutcome> PostAsync(string connectionId, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        var idempotencyKey = Guid.NewGuid().ToString("N");
        for (var attempt = 1; ; attempt++)
        {
            var (status, askedWait) = await TryPostAsync(connectionId, frame, idempotencyKey, cancellationToken);
            switch (status)
            {
                case >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices:
                    return PushOutcome.Delivered;
                case HttpStatusCode.Gone:
                    return PushOutcome.Gone;
                case null or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError when attempt < MaxTries:
                    await Task.Delay(WaitAfter(attempt, askedWait), time, cancellationToken);
                    break;
                default:
                    LogNotDelivered(attempt, status is null ? "no answer" : $"{(int)status}");
                    return PushOutcome.Failed;
            }
        }
    }

    // A null status: no answer, because of the network or of HttpClient.Timeout.
    private async Task<(HttpStatusCode? Status, TimeSpan? AskedWait)> TryPostAsync(
        string connectionId, ReadOnlyMemory<byte> frame, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"@connections/{Uri.EscapeDataString(connectionId)}")
        {
            Content = new ReadOnlyMemoryContent(frame),
        };
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            return (response.StatusCode, response.Headers.RetryAfter?.Delta);
        }
        catch (HttpRequestException)
        {
            return (null, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, null);
        }
    }

    private static TimeSpan WaitAfter(int attempt, TimeSpan? asked)
    {
        var ceiling = FirstWait * Math.Pow(2, attempt);
        var jittered = ceiling * (0.5 + (Random.Shared.NextDouble() / 2));
        var wait = asked > jittered ? asked.Value : jittered;
        return wait < LongestWait ? wait : LongestWait;
    }

    [LoggerMessage(1, LogLevel.Warning, "A push was given up after {Tries} tries: {Reason}")]
    private partial void LogNotDelivered(int tries, string reason);
}
