namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>
/// A list as templates know it. One that came from JSON prints as JSON, one that the template made prints as Java does (<c>[a, b]</c>).
/// Elements are null, string, bool, int, long, BigInteger, double, <see cref="BigNumber"/>, <see cref="JavaList"/> or <see cref="JavaMap"/>.
/// </summary>
internal sealed class JavaList : List<object?>
{
    public JavaList(bool isJson = false)
    {
        IsJson = isJson;
    }

    public JavaList(IEnumerable<object?> items, bool isJson = false)
        : base(items)
    {
        IsJson = isJson;
    }

    public bool IsJson { get; }
}
