namespace RealtimeGateway.Tests.Simulation;

/// <summary>What the simulated network does of itself, besides the faults that are planned. Chances are per command or batch; times are ticks of 100 ns.</summary>
internal sealed record Weather
{
    /// <summary>Nothing is lost; everything takes a fraction of a millisecond.</summary>
    public static Weather Calm { get; } = new();

    /// <summary>The least that one way takes.</summary>
    public long MinDelay { get; init; } = 500;

    /// <summary>The most that one way usually takes.</summary>
    public long MaxDelay { get; init; } = 10_000;

    /// <summary>How often a batch is lost.</summary>
    public double BatchLoss { get; init; }

    /// <summary>How often a batch comes twice, the copy much later.</summary>
    public double BatchDuplication { get; init; }

    /// <summary>How often a batch takes a long time, so that others overtake it.</summary>
    public double BatchDelay { get; init; }

    /// <summary>The longest such time.</summary>
    public long MaxBatchDelay { get; init; } = 10 * TimeSpan.TicksPerSecond;

    /// <summary>How often a command is executed and its reply is lost.</summary>
    public double ReplyLoss { get; init; }

    /// <summary>How often the connection of a node breaks while a command is under way: half of the times before, half after it is executed.</summary>
    public double Reset { get; init; }

    /// <summary>How often a caller's answer is lost between gateway and caller.</summary>
    public double AnswerLoss { get; init; }

    /// <summary>Whether the backplane does not say how many listeners got a batch, as a Redis Cluster.</summary>
    public bool IsCountless { get; init; }

    /// <summary>Whether anything can go wrong without a planned fault.</summary>
    public bool IsCalm => BatchLoss == 0 && BatchDuplication == 0 && BatchDelay == 0 && ReplyLoss == 0 && Reset == 0 && AnswerLoss == 0;

    /// <summary>Draws the weather of a run: a third of all runs are calm.</summary>
    public static Weather Draw(Random random) => random.Next(3) == 0
        ? Calm with { IsCountless = random.Next(3) == 0, MaxDelay = 1_000 + random.Next(40_000), AnswerLoss = 0 }
        : new Weather
        {
            MaxDelay = 1_000 + random.Next(200_000),
            BatchLoss = Rarely(random, 0.1),
            BatchDuplication = Rarely(random, 0.2),
            BatchDelay = Rarely(random, 0.15),
            ReplyLoss = Rarely(random, 0.05),
            Reset = Rarely(random, 0.01),
            AnswerLoss = Rarely(random, 0.2),
            IsCountless = random.Next(3) == 0,
        };

    /// <summary>A usual delay.</summary>
    public long Delay(Random random) => MinDelay + random.NextInt64(MaxDelay - MinDelay);

    private static double Rarely(Random random, double most) => random.Next(3) == 0 ? 0 : random.NextDouble() * most;
}
