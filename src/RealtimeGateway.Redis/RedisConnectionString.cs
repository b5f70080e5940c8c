using System.Diagnostics.CodeAnalysis;
using StackExchange.Redis;

namespace RealtimeGateway.Redis;

/// <summary>
/// Reads a connection string of StackExchange.Redis (https://stackexchange.github.io/StackExchange.Redis/Configuration) and sets what the gateway's
/// promises depend on, whatever the string says of it.
/// </summary>
internal static class RedisConnectionString
{
    /// <summary>How long a command may take.</summary>
    public static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(1);

    private const int HeartbeatMilliseconds = 250;
    private const int ConnectMilliseconds = 2_000;
    private const int FirstRetryMilliseconds = 100;
    private const int LastRetryMilliseconds = 500;

    /// <summary>Reads a connection string; <see langword="false"/>: it is none, and why.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ConfigurationOptions? options, [NotNullWhen(false)] out string? problem)
    {
        (options, problem) = (null, null);
        if (string.IsNullOrWhiteSpace(text))
        {
            problem = "the connection string is empty; write for example localhost:6379";
            return false;
        }

        if (text.Contains("://", StringComparison.Ordinal))
        {
            problem = "a connection string is no URL; write for example localhost:6379,password=…,ssl=true";
            return false;
        }

        try
        {
            options = ConfigurationOptions.Parse(text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // Its message may repeat a password; only what it says of the option is told.
            problem = $"the connection string cannot be read: {(exception is ArgumentException { ParamName: { Length: > 0 } name } ? $"'{name}' is wrong" : "an option is wrong")}";
            return false;
        }

        if (options.EndPoints.Count == 0)
        {
            options = null;
            problem = "the connection string names no server; write for example localhost:6379";
            return false;
        }

        Harden(options);
        return true;
    }

    /// <summary>The servers of a connection string, without secrets, for people.</summary>
    public static string Describe(ConfigurationOptions options) =>
        string.Join(", ", options.EndPoints.Select(EndPointCollection.ToString)) + (options.ServiceName is { } name ? $" (Sentinel service {name})" : "");

    private static void Harden(ConfigurationOptions options)
    {
        options.AbortOnConnectFail = true;
        options.ConnectRetry = 1;
        options.ConnectTimeout = ConnectMilliseconds;
        options.AsyncTimeout = (int)CommandTimeout.TotalMilliseconds;
        options.SyncTimeout = (int)CommandTimeout.TotalMilliseconds;
        // Timeouts are found, and reconnections begun, by the heartbeat.
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(HeartbeatMilliseconds);
        options.KeepAlive = 2;
        options.ConfigCheckSeconds = 2;
        options.ReconnectRetryPolicy = new ExponentialRetry(FirstRetryMilliseconds, LastRetryMilliseconds);
        // What is queued for a Redis that is away would be executed when nobody waits for it any more.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        // A key and a channel of that library's own, which an access list would have to allow.
        options.TieBreaker = "";
        options.ConfigurationChannel = "";
        options.ClientName ??= "realtime-gateway";
    }
}
