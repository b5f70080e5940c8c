namespace RealtimeGateway.Expressions;

/// <summary>
/// Where a selection expression stands, which decides what it may ask for
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html).
/// </summary>
internal enum SelectionScope : byte
{
    /// <summary>An API's <c>RouteSelectionExpression</c>: body and static text.</summary>
    Route = 0,

    /// <summary>A route's <c>ModelSelectionExpression</c>: body, static text, <c>$default</c>.</summary>
    Model,

    /// <summary>An integration's <c>TemplateSelectionExpression</c>: body, static text, <c>$default</c>.</summary>
    Template,

    /// <summary>An integration's <c>IntegrationResponseSelectionExpression</c>: status code or Lambda's error message, <c>$default</c>.</summary>
    IntegrationResponse,

    /// <summary>An integration response's <c>TemplateSelectionExpression</c>: as <see cref="Template"/>, and the answer's status and headers.</summary>
    IntegrationResponseTemplate,

    /// <summary>A route's <c>RouteResponseSelectionExpression</c>: <c>$default</c> only.</summary>
    RouteResponse,

    /// <summary>An API's <c>ApiKeySelectionExpression</c>: the <c>x-api-key</c> header or the authorizer's key.</summary>
    ApiKey,

    /// <summary>A domain's <c>ApiMappingSelectionExpression</c>: the base path.</summary>
    ApiMapping,
}
