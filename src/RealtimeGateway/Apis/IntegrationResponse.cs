using System.Collections.Immutable;

namespace RealtimeGateway.Apis;

/// <summary>How one kind of answer of a non-proxy integration becomes the answer to the client.</summary>
/// <remarks>https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html</remarks>
public sealed record IntegrationResponse
{
    /// <summary>
    /// <c>$default</c>, or a regular expression between slashes, such as <c>/4\d\d/</c>, for what the answer is told by: a Lambda function's
    /// error message, or else the status code.
    /// </summary>
    public required string Key { get; init; }

    /// <summary>The templates of the answer, by the key that <see cref="TemplateSelectionExpression"/> yields, or <c>$default</c>.</summary>
    public ImmutableSortedDictionary<string, string> ResponseTemplates { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Which of the <see cref="ResponseTemplates"/> is used. Default: <c>$default</c>.</summary>
    public string? TemplateSelectionExpression { get; init; }

    /// <summary>On <c>$connect</c>: <c>route.response.header.Sec-WebSocket-Protocol</c> and where its value comes from.</summary>
    public ImmutableSortedDictionary<string, string> ResponseParameters { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Whether the answer is converted between base64 text and bytes. Default: as it is.</summary>
    public ContentHandling ContentHandling { get; init; }
}
