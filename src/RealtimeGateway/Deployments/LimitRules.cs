using RealtimeGateway.Apis;

namespace RealtimeGateway.Deployments;

/// <summary>Which limits make sense together.</summary>
internal static class LimitRules
{
    /// <summary>The names of limits that are wrong, as the configuration file spells them, and what is wrong.</summary>
    public static IEnumerable<(string Name, string Message)> Check(StageLimits limits)
    {
        (string Name, double Value)[] all =
        [
            ("maxFrame", limits.MaxFrameBytes), ("maxMessage", limits.MaxMessageBytes), ("maxFragments", limits.MaxFragments),
            ("idleTimeout", limits.IdleTimeout.TotalSeconds), ("maxLifetime", limits.MaxLifetime.TotalSeconds),
            ("pingInterval", limits.PingInterval.TotalSeconds), ("pingTimeout", limits.PingTimeout.TotalSeconds),
            ("maxPingsPerSecond", limits.MaxPingsPerSecond), ("maxQueuedMessages", limits.MaxQueuedMessages),
            ("maxQueued", limits.MaxQueuedBytes), ("writeTimeout", limits.WriteTimeout.TotalSeconds),
            ("slowConsumerTimeout", limits.SlowConsumerTimeout.TotalSeconds),
        ];
        foreach (var (name, value) in all)
        {
            if (value < 0)
            {
                yield return (name, "A limit must not be negative; zero switches it off.");
            }
        }

        if (limits.MaxMessageBytes > int.MaxValue / 2 || limits.MaxMessageBytes == 0)
        {
            yield return ("maxMessage", "The largest message must be between 1 byte and 1023 MiB: a whole message is held in memory.");
        }

        if (limits.MaxQueuedBytes > 0 && limits.MaxQueuedBytes < limits.MaxMessageBytes)
        {
            yield return ("maxQueued", "The queue must hold at least one message of the largest size (maxMessage).");
        }
    }
}
