namespace RealtimeGateway.Expressions;

/// <summary>One step into a JSON text: a member's name in UTF-8, or with a null name the index of an array's element.</summary>
internal readonly record struct BodyPathStep(byte[]? Name, int Index)
{
    /// <summary>Whether both lead to the same place.</summary>
    public bool IsSameAs(BodyPathStep other) =>
        Name is null ? other.Name is null && Index == other.Index : other.Name is not null && Name.AsSpan().SequenceEqual(other.Name);
}
