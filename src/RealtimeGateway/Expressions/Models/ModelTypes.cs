namespace RealtimeGateway.Expressions.Models;

/// <summary>The primitive types of JSON Schema draft 4; <see cref="Number"/> includes integers.</summary>
[Flags]
internal enum ModelTypes : byte
{
    None = 0,
    Array = 1,
    Boolean = 2,
    Integer = 4,
    Null = 8,
    Number = 16,
    Object = 32,
    String = 64,
}
