namespace RealtimeGateway.Apis;

/// <summary>A stage that clients reach by a host of its own.</summary>
/// <param name="Host">The host without a port; <c>*.example.com</c> stands for every host one label longer.</param>
/// <param name="BasePath">The path below which the stage is, without slashes around it; it may have several segments. Empty: the whole host.</param>
/// <param name="ApiId">The API.</param>
/// <param name="Stage">Its stage.</param>
/// <remarks>https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-custom-domain-names.html</remarks>
public sealed record DomainMapping(string Host, string BasePath, ApiId ApiId, string Stage);
