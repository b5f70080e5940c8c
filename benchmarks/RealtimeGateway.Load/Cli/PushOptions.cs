using RealtimeGateway.Load.Signing;

namespace RealtimeGateway.Load.Cli;

/// <summary>How connection ids are learnt and where to post.</summary>
/// <param name="Callback">Before <c>/@connections/{id}</c>.</param>
/// <param name="InFlight">HTTP connections, each with one POST at a time.</param>
/// <param name="Hello">The message that makes the server tell the id; empty when it tells without being asked.</param>
/// <param name="IdMember">The JSON member of the answer, at any depth, that is the id.</param>
/// <param name="Headers">Lines for each POST.</param>
/// <param name="Key">Signs each POST; <see langword="null"/>: none is signed.</param>
internal sealed record PushOptions(Uri Callback, int InFlight, string Hello, string IdMember, string[] Headers, SigningKey? Key = null);
