namespace RealtimeGateway.Apis;

/// <summary>
/// How many messages of one connection may be at integrations while the next, of this route, is started. At the bound the gateway stops
/// reading from the connection, so that TCP holds the client back.
/// </summary>
public readonly record struct RouteConcurrency
{
    /// <summary>The bound of <c>parallel</c> when none is given.</summary>
    public const int DefaultBound = 16;

    /// <summary>The largest bound.</summary>
    public const int MaxBound = 1024;

    private RouteConcurrency(int bound, bool isSerial) => (Bound, IsSerial) = (bound, isSerial);

    /// <summary>One message of this route at a time per connection: nothing more is read from the connection until it is done.</summary>
    public static RouteConcurrency Serial => new(DefaultBound, isSerial: true);

    /// <summary>Up to <paramref name="bound"/> messages (1 to 1,024) of one connection at once; answers may come back in any order.</summary>
    public static RouteConcurrency Parallel(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bound, MaxBound);
        return new(bound, isSerial: false);
    }

    /// <summary>How many messages of the connection may be under way when one of this route starts.</summary>
    public int Bound { get; }

    /// <summary>Whether reading waits for each message of this route.</summary>
    public bool IsSerial { get; }
}
