namespace RealtimeGateway.Expressions;

/// <summary>The kinds of <see cref="SelectionVariable"/>.</summary>
internal enum SelectionVariableKind : byte
{
    None = 0,

    /// <summary><c>$request.body</c> and what lies in it.</summary>
    RequestBody,

    /// <summary><c>$request.header.x-api-key</c>.</summary>
    RequestHeader,

    /// <summary><c>$request.basepath</c>.</summary>
    BasePath,

    /// <summary><c>$context.authorizer.usageIdentifierKey</c>.</summary>
    UsageIdentifierKey,

    /// <summary><c>$integration.response.statuscode</c>.</summary>
    ResponseStatus,

    /// <summary><c>$integration.response.header.{name}</c>: the last value.</summary>
    ResponseHeader,

    /// <summary><c>$integration.response.multivalueheader.{name}</c>: all values, with commas between them.</summary>
    ResponseMultiValueHeader,

    /// <summary><c>$integration.response.body.errorMessage</c>.</summary>
    ResponseErrorMessage,
}
