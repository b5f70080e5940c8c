namespace RealtimeGateway.Expressions;

/// <summary>Where a mapped value goes.</summary>
internal enum MappingPlace : byte
{
    /// <summary><c>integration.request.header.{name}</c>.</summary>
    Header = 0,

    /// <summary><c>integration.request.querystring.{name}</c>.</summary>
    QueryString,

    /// <summary><c>integration.request.path.{name}</c>.</summary>
    Path,

    /// <summary><c>route.response.header.{name}</c>, on <c>$connect</c>: the way a back end sets the subprotocol.</summary>
    ResponseHeader,
}
