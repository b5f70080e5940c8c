namespace RealtimeGateway.Integrations;

/// <summary>Takes long work from the thread that bytes arrive on, which other connections wait for, to the thread pool.</summary>
internal static class HandOver
{
    /// <summary>The longest body, in bytes, that one pass over is short work: less than a tenth of a millisecond.</summary>
    public const int OnePassBytes = 64 * 1024;

    /// <summary>Goes on at once when <paramref name="bytes"/> are no more than <paramref name="quickBytes"/>, else on the pool.</summary>
    public static ValueTask WhenLong(int bytes, int quickBytes) => bytes <= quickBytes ? default : ToPoolAsync();

    /// <summary>Goes on on the pool, or wherever a caller with a context of its own, such as a simulation, wants it to.</summary>
    public static async ValueTask ToPoolAsync() =>
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
