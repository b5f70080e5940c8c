using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using RealtimeGateway.Apis;
using RealtimeGateway.Authorization;
using RealtimeGateway.ControlPlane.Wire;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.FrontDoor;

namespace RealtimeGateway.ControlPlane;

/// <summary>The HTTP side of the control plane: reads a call, finds its operation, runs it, writes the answer.</summary>
internal sealed partial class ControlPlaneEndpoint(
    OperationTable operations,
    CommandExecutor executor,
    ControlPlaneNames names,
    GatewayAccess access,
    CallNames callNames,
    TimeProvider time,
    ILogger<ControlPlaneEndpoint> log)
{
    /// <summary>The largest body that is read; a deployment is the gateway's own, so no request comes near.</summary>
    private const long MaxBodyBytes = OperatorCheck.MaxBodyBytes;

    /// <summary>Deeper JSON than any resource has.</summary>
    private const int MaxDepth = 32;

    private static readonly JsonDocumentOptions BodyOptions = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Serves one call.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        await WriteAsync(http, await AnswerAsync(http));
    }

    /// <summary>Turns a call away.</summary>
    public Task RefuseAsync(HttpContext http, ControlPlaneError error) => WriteAsync(http, Reply.Of(error));

    private async Task WriteAsync(HttpContext http, Reply reply)
    {
        var response = http.Response;
        response.StatusCode = reply.Status;
        callNames.AddTo(http);
        if (reply.ErrorType is { } type)
        {
            response.Headers["x-amzn-ErrorType"] = type;
        }

        if (!reply.Body.IsEmpty)
        {
            response.ContentType = reply.ContentType;
            response.ContentLength = reply.Body.Length;
            await response.Body.WriteAsync(reply.Body, http.RequestAborted);
        }
    }

    private async ValueTask<Reply> AnswerAsync(HttpContext http)
    {
        var query = http.Request.Query.ToDictionary(StringComparer.Ordinal);
        if (!operations.TryFind(http.Request.Method, RawPath(http), query, out var operation, out var values))
        {
            return Reply.Of(ControlPlaneError.UnknownPath);
        }

        if (operation.Decide is not { } decide)
        {
            return Reply.Of(ControlPlaneError.NotImplemented($"{operation.Name} is not implemented by this gateway."));
        }

        var (body, error) = await ReadBodyAsync(http);
        if (error is not null)
        {
            return Reply.Of(error);
        }

        var call = new ControlPlaneCall
        {
            Path = values,
            Query = query,
            Body = body,
            Region = Region(http.Request.Headers.Authorization) ?? access.Region,
            Time = time.GetUtcNow(),
            Names = names,
        };
        try
        {
            return await executor.RunAsync(state => decide(state, call), http.RequestAborted);
        }
        catch (StoreUnavailableException exception)
        {
            return Reply.Of(ControlPlaneError.Unavailable(exception.Message));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A bug, or a store that is broken; the caller is told in the form that it parses.
            Log.Failed(log, exception, operation.Name);
            return Reply.Of(new ControlPlaneError(StatusCodes.Status500InternalServerError, "InternalServerErrorException", "Internal server error"));
        }
    }

    private static async ValueTask<(JsonObject Body, ControlPlaneError? Error)> ReadBodyAsync(HttpContext http)
    {
        if (http.Request.ContentLength is 0 || !http.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody)
        {
            return ([], null);
        }

        if (http.Request.ContentLength > MaxBodyBytes)
        {
            return ([], TooLarge);
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBodyBytes;
        }

        try
        {
            using var buffer = new MemoryStream();
            await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
            if (buffer.Length == 0)
            {
                return ([], null);
            }

            return JsonNode.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length), documentOptions: BodyOptions) is JsonObject body
                ? (body, null)
                : ([], ControlPlaneError.BadRequest("The body must be a JSON object."));
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return ([], TooLarge);
        }
        catch (JsonException exception)
        {
            return ([], ControlPlaneError.BadRequest($"The body is not JSON: {exception.Message}"));
        }
    }

    private static ControlPlaneError TooLarge { get; } =
        new(StatusCodes.Status413PayloadTooLarge, "RequestEntityTooLargeException", $"The body has more than {MaxBodyBytes} bytes.");

    /// <summary>The region of the credential scope, <c>Credential={key}/{date}/{region}/apigateway/aws4_request</c>.</summary>
    private static string? Region(StringValues authorization)
    {
        const string Marker = "Credential=";
        var text = authorization.ToString();
        var start = text.IndexOf(Marker, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var scope = text.AsSpan(start + Marker.Length);
        scope = scope.IndexOf(',') is >= 0 and var end ? scope[..end] : scope;
        var parts = scope.ToString().Split('/');
        return parts is [_, _, { Length: > 0 and <= 32 } region, _, _] && region.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? region : null;
    }

    /// <summary>The path as it came, since a decoded one no longer tells "%2F" from a slash.</summary>
    internal static string RawPath(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (!target.StartsWith('/'))
        {
            return http.Request.Path.Value ?? "";
        }

        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target[..query];
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ControlPlaneFailed, LogLevel.Error, "{Operation} failed.")]
        public static partial void Failed(ILogger logger, Exception exception, string operation);
    }
}
