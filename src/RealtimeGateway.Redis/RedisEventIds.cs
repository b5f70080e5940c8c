namespace RealtimeGateway.Redis;

/// <summary>The ids of this project's log events: 1500 to 1599.</summary>
internal static class RedisEventIds
{
    public const int Unreachable = 1500;
    public const int Connected = 1501;
    public const int Lost = 1502;
    public const int StartedAgain = 1503;
    public const int SupervisionFailed = 1504;
    public const int ReceiverFailed = 1505;
    public const int StoreRestored = 1520;
    public const int StoreForked = 1521;
    public const int StoreUnreachable = 1522;
    public const int StoreSyncFailed = 1523;
}
