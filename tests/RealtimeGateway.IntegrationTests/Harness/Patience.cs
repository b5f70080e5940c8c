namespace RealtimeGateway.IntegrationTests.Harness;

/// <summary>How long a test waits for what must come. Only a failing test ever waits this long.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Waits, and says what for when it does not come.</summary>
    public static async Task<T> For<T>(Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds} s for {what}.");
        }
    }

    /// <inheritdoc cref="For{T}"/>
    public static async Task For(Task task, string what)
    {
        try
        {
            await task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds} s for {what}.");
        }
    }

    /// <summary>Looks until a state that nothing announces has come.</summary>
    public static Task Until(Func<bool> condition, string what) => Until(() => Task.FromResult(condition()), what);

    /// <summary>The same where looking takes a question to somebody else.</summary>
    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException($"Waited {Limit.TotalSeconds} s until {what}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), TestContext.Current.CancellationToken);
        }
    }
}
