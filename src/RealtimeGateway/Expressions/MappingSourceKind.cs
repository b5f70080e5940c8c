namespace RealtimeGateway.Expressions;

/// <summary>The sources of parameter mappings.</summary>
internal enum MappingSourceKind : byte
{
    Literal = 0,
    RequestHeader,
    RequestMultiValueHeader,
    RequestQuery,
    RequestMultiValueQuery,
    RequestBody,
    StageVariable,
    Context,
    ResponseHeader,
    ResponseMultiValueHeader,
}
