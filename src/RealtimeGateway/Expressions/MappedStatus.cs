namespace RealtimeGateway.Expressions;

/// <summary>The outcomes of a parameter mapping.</summary>
internal enum MappedStatus : byte
{
    /// <summary>The source is missing: the parameter is left out.</summary>
    Dropped = 0,

    /// <summary>There is at least one value, and none has control characters in it.</summary>
    Found,

    /// <summary>A value has control characters (other than tab) in it: the message must fail, lest it forge headers or requests.</summary>
    Refused,
}
