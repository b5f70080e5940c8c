using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeGateway.Apis;
using RealtimeGateway.Configuration;
using RealtimeGateway.Server.Operations;

namespace RealtimeGateway.Server.Client;

/// <summary>Asks a running gateway, on both its listeners.</summary>
internal sealed class GatewayCaller(Uri adminUrl, Uri dataUrl, CallerCredentials credentials, HttpMessageHandler handler) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly JsonSerializerOptions JsonOut = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly HttpMessageInvoker _http = new(handler);

    /// <summary>Where clients connect.</summary>
    public Uri DataUrl => dataUrl;

    /// <summary>The running configuration as a file, with references in place of secrets unless asked for.</summary>
    public async Task<string> ExportAsync(bool withSecrets, CancellationToken cancellationToken) =>
        await AskAdminAsync(withSecrets ? "/gateway/configuration?secrets=true" : "/gateway/configuration", cancellationToken);

    /// <summary>The running configuration; references stand in place of secrets.</summary>
    public async Task<GatewayConfiguration> ConfigurationAsync(CancellationToken cancellationToken)
    {
        var result = GatewayFile.Parse(await ExportAsync(withSecrets: false, cancellationToken), "the gateway's configuration", static name => $"${{env:{name}}}");
        return result.Configuration ?? throw new CallFailedException($"The gateway's configuration cannot be read; is it of another version? {result.Errors[0]}");
    }

    /// <summary>One page of the connections.</summary>
    public async Task<ConnectionPage> ConnectionsAsync(string? api, string? stage, string? node, int limit, string? after, CancellationToken cancellationToken)
    {
        var query = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"?limit={limit}") + Part("api", api) + Part("stage", stage) + Part("node", node) + Part("after", after);
        return Read<ConnectionPage>(await AskAdminAsync($"/gateway/connections{query}", cancellationToken));
    }

    /// <summary>The nodes.</summary>
    public async Task<NodeList> NodesAsync(CancellationToken cancellationToken) => Read<NodeList>(await AskAdminAsync("/gateway/nodes", cancellationToken));

    /// <summary>Begins to drain the node that answers.</summary>
    public async Task DrainAsync(double? seconds, CancellationToken cancellationToken) =>
        await TellAdminAsync(HttpMethod.Post, "/gateway/drain", new { seconds }, cancellationToken);

    /// <summary>Takes a drain back.</summary>
    public async Task UndrainAsync(CancellationToken cancellationToken) => await TellAdminAsync(HttpMethod.Post, "/gateway/undrain", new { }, cancellationToken);

    /// <summary>Begins to shed clients of the node that answers.</summary>
    /// <param name="to">How many to keep; null: the fleet's average.</param>
    /// <param name="ratePerSecond">How many to close in a second; null: the gateway's default.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<RebalanceReport> RebalanceAsync(int? to, double? ratePerSecond, CancellationToken cancellationToken) =>
        Read<RebalanceReport>(await TellAdminAsync(HttpMethod.Post, "/gateway/rebalance", new { to, ratePerSecond }, cancellationToken));

    /// <summary>Sheds no more clients.</summary>
    public async Task StopRebalanceAsync(CancellationToken cancellationToken) =>
        await TellAdminAsync(HttpMethod.Delete, "/gateway/rebalance", new { }, cancellationToken);

    /// <summary>Asks whether the process answers, or with <paramref name="isReady"/> whether it may be sent clients. Fails when not.</summary>
    public async Task CheckHealthAsync(bool isReady, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(adminUrl, isReady ? "/readyz" : "/healthz"));
        _ = await SendAsync(request, cancellationToken);
    }

    /// <summary>Where a connection is.</summary>
    public async Task<ConnectionEntry> FindAsync(string id, CancellationToken cancellationToken) =>
        Read<ConnectionEntry>(await AskAdminAsync($"/gateway/connections/{Uri.EscapeDataString(id)}", cancellationToken));

    /// <summary>Calls <c>@connections</c>.</summary>
    /// <param name="method">GET, POST or DELETE.</param>
    /// <param name="api">The API of the connection.</param>
    /// <param name="stage">A stage of it.</param>
    /// <param name="id">The connection.</param>
    /// <param name="body">For POST: the message.</param>
    /// <param name="isBinary">For POST: whether it is a binary message.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<string> ConnectionAsync(
        HttpMethod method, string api, string stage, string id, byte[]? body, bool isBinary, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            method, new Uri(dataUrl, $"/{Uri.EscapeDataString(api)}/{Uri.EscapeDataString(stage)}/@connections/{Uri.EscapeDataString(id)}"));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        }

        if (isBinary)
        {
            request.Headers.TryAddWithoutValidation("x-rg-message-type", "binary");
        }

        credentials.AddTo(request, body, "execute-api");
        return await SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<string> AskAdminAsync(string target, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(adminUrl, target));
        credentials.AddTo(request, [], "apigateway");
        return await SendAsync(request, cancellationToken);
    }

    private async Task<string> TellAdminAsync<T>(HttpMethod method, string target, T wish, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(wish, JsonOut);
        using var request = new HttpRequestMessage(method, new Uri(adminUrl, target)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        credentials.AddTo(request, body, "apigateway");
        return await SendAsync(request, cancellationToken);
    }

    private async Task<string> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode ? text : throw CallFailedException.Of(response, text);
        }
        catch (HttpRequestException exception)
        {
            throw new CallFailedException($"There is no answer from {request.RequestUri!.GetLeftPart(UriPartial.Authority)}: {exception.Message}");
        }
    }

    private static string Part(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";

    private static T Read<T>(string text) =>
        JsonSerializer.Deserialize<T>(text, Json) ?? throw new CallFailedException("The gateway's answer is empty; is it of another version?");
}
