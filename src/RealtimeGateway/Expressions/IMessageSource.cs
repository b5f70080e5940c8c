using Microsoft.Extensions.Primitives;

namespace RealtimeGateway.Expressions;

/// <summary>
/// What selection expressions and parameter mappings can ask about one message (or handshake) and about the integration's answer to
/// it. Nothing is evaluated before it is asked for.
/// </summary>
internal interface IMessageSource : IContextSource
{
    /// <summary>The message as it arrived, or empty on <c>$connect</c> and <c>$disconnect</c>.</summary>
    ReadOnlyMemory<byte> RequestBody { get; }

    /// <summary>The API mapping's part of the path on a custom domain, without slashes; null elsewhere.</summary>
    string? BasePath { get; }

    /// <summary>The integration's status code, or 0 before it answered.</summary>
    int ResponseStatus { get; }

    /// <summary>The integration's answer, or empty before it answered.</summary>
    ReadOnlyMemory<byte> ResponseBody { get; }

    /// <summary>All values of a header of the handshake, in order; empty when absent. Names are case-insensitive.</summary>
    StringValues RequestHeader(string name);

    /// <summary>All values of a query parameter of the handshake, in order; empty when absent. Names are case-sensitive.</summary>
    StringValues RequestQuery(string name);

    /// <summary>All values of a header of the integration's answer, in order; empty when absent. Names are case-insensitive.</summary>
    StringValues ResponseHeader(string name);

    /// <summary>A variable of the stage, or null.</summary>
    string? StageVariable(string name);
}
