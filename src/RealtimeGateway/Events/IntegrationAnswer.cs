using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;

namespace RealtimeGateway.Events;

/// <summary>What a back end answered, as the expressions and templates of responses see it.</summary>
/// <param name="StatusCode">The status code.</param>
/// <param name="Body">The body; valid while the event lasts.</param>
/// <param name="Headers">The headers of an answer that came over HTTP.</param>
internal readonly record struct IntegrationAnswer(int StatusCode, ReadOnlyMemory<byte> Body, HttpResponseHeaders? Headers = null)
{
    /// <summary>All values of a header, in order; names are case-insensitive.</summary>
    public StringValues Header(string name) =>
        Headers is not null && Headers.NonValidated.TryGetValues(name, out var values) ? new StringValues([.. values]) : default;
}
