using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Buffers;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Integrations.Http;

/// <summary>
/// Sends requests to back ends over pooled connections, with a deadline and a bound on the answer. Shared by every integration that speaks
/// HTTP. What goes wrong is a status, and logged without bodies and headers.
/// </summary>
internal sealed partial class BackendClient : IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly CallTimeouts _timeouts;
    private readonly ILogger<BackendClient> _log;
    private readonly TimeProvider _time;

    /// <summary>Makes a client with its own connection pool.</summary>
    /// <param name="time">Measures the time limits.</param>
    /// <param name="log">Takes what goes wrong.</param>
    /// <param name="setup">Has the last word about how connections are made; null: nobody has.</param>
    public BackendClient(TimeProvider time, ILogger<BackendClient> log, BackendSetup? setup = null)
    {
        _log = log;
        _time = time;
        _timeouts = new CallTimeouts(time);
        var handler = new SocketsHttpHandler
        {
            // A back end's redirect is its answer: following it would call a host that no operator named.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // Bounds how long a changed DNS answer goes unnoticed.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            EnableMultipleHttp2Connections = true,
            // All calls share an HTTP/2 connection: one whose other end is gone without a word must not take each of them to its time limit.
            KeepAlivePingDelay = TimeSpan.FromSeconds(15),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        // Downloading what a back end's chain lacks would block, perhaps the very thread that brings it, and is for its certificate to choose.
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        setup?.Invoke(handler);
        _http = new HttpMessageInvoker(handler);
    }

    /// <summary>Sends a request and reads the whole answer. Over TLS it goes by HTTP/2 where the back end chooses that (ALPN).</summary>
    /// <param name="request">Disposed of by this call.</param>
    /// <param name="timeout">The time for everything, connecting included.</param>
    /// <param name="maxBytes">The largest body taken; a bigger one is a failure.</param>
    /// <param name="trace">Takes the steps; null where the execution log is off.</param>
    /// <param name="body">The request's body, for the trace.</param>
    /// <param name="cancellationToken">Ends the call early, as a failure.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<BackendAnswer> SendAsync(
        HttpRequestMessage request,
        TimeSpan timeout,
        long maxBytes,
        ExecutionTrace? trace,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken)
    {
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        trace?.Request(request, body.Span);
        var startedAt = trace is null ? 0 : _time.GetTimestamp();
        var deadline = _timeouts.Rent(timeout);
        var registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), deadline);
        try
        {
            using (request)
            using (var response = await _http.SendAsync(request, deadline.Token))
            {
                var answer = await ReadAsync(request, response, maxBytes, deadline.Token);
                trace?.Response(response, answer.Body.Span, _time.GetElapsedTime(startedAt));
                return answer;
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            Log.TimedOut(_log, request.RequestUri?.Authority, timeout);
            trace?.Error("Execution failed due to a timeout error");
            return new BackendAnswer { Status = cancellationToken.IsCancellationRequested ? IntegrationStatus.Failed : IntegrationStatus.TimedOut };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            Log.Failed(_log, request.RequestUri?.Authority, exception.Message);
            trace?.Error($"Execution failed due to configuration error: {exception.Message}");
            return new BackendAnswer { Status = IntegrationStatus.Failed };
        }
        finally
        {
            await registration.DisposeAsync();
            _timeouts.Return(deadline);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async ValueTask<BackendAnswer> ReadAsync(
        HttpRequestMessage request, HttpResponseMessage response, long maxBytes, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > maxBytes)
        {
            Log.TooBig(_log, request.RequestUri?.Authority, maxBytes);
            return new BackendAnswer { Status = IntegrationStatus.Failed };
        }

        using var body = new PooledBufferWriter();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        while (true)
        {
            var read = await stream.ReadAsync(body.GetMemory(), cancellationToken);
            if (read == 0)
            {
                break;
            }

            body.Advance(read);
            if (body.WrittenCount > maxBytes)
            {
                Log.TooBig(_log, request.RequestUri?.Authority, maxBytes);
                return new BackendAnswer { Status = IntegrationStatus.Failed };
            }
        }

        return new BackendAnswer
        {
            Status = IntegrationStatus.Answered,
            StatusCode = (int)response.StatusCode,
            Headers = response.Headers,
            IsBinary = IsBinary(response.Content.Headers),
            Body = body.Detach(),
        };
    }

    /// <summary>Whether the media type, which may have parameters behind it, is that of bytes. Looked at without being parsed, as it is for each message.</summary>
    private static bool IsBinary(HttpContentHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("Content-Type", out var values))
        {
            return false;
        }

        var type = values.ToString().AsSpan();
        var end = type.IndexOf(';');
        return (end < 0 ? type : type[..end]).Trim().Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.BackendTimedOut, LogLevel.Warning, "The back end {Authority} did not answer within {Timeout}.")]
        public static partial void TimedOut(ILogger logger, string? authority, TimeSpan timeout);

        [LoggerMessage(EventIds.BackendFailed, LogLevel.Warning, "The call to the back end {Authority} failed: {Reason}")]
        public static partial void Failed(ILogger logger, string? authority, string reason);

        [LoggerMessage(EventIds.BackendAnswerTooBig, LogLevel.Warning, "The back end {Authority} answered with more than {MaxBytes} bytes; the answer was dropped.")]
        public static partial void TooBig(ILogger logger, string? authority, long maxBytes);
    }
}
