namespace RealtimeGateway.Expressions;

/// <summary>What <see cref="JsonScanner"/> has just read.</summary>
internal enum JsonPiece : byte
{
    None = 0,
    StartObject,
    EndObject,
    StartArray,
    EndArray,

    /// <summary>A member's name; its value follows.</summary>
    Name,

    /// <summary>A quoted string.</summary>
    Quoted,

    /// <summary>A number, <c>true</c>, <c>false</c> or <c>null</c>; in lenient scanning any unquoted text.</summary>
    Bare,
}
