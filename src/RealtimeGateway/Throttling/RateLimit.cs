using RealtimeGateway.Apis;

namespace RealtimeGateway.Throttling;

/// <summary>A steady rate and what may come at once.</summary>
/// <param name="Rate">Events a second.</param>
/// <param name="Burst">Events at once.</param>
internal readonly record struct RateLimit(double Rate, int Burst)
{
    private const double MaxRate = 10_000_000;
    private const double YearInSeconds = 365.0 * 24 * 60 * 60;

    /// <summary>What is written, as limits; null when there are none, or when something is wrong, which then goes to <paramref name="errors"/>.</summary>
    /// <param name="rate">Events a second; null: no bound.</param>
    /// <param name="burst">Events at once; null: as many as come in a second, and at least one unless the rate is zero.</param>
    /// <param name="ratePath">Where the rate was written.</param>
    /// <param name="burstPath">Where the burst was written.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static RateLimit? Compile(
        double? rate, int? burst, ConfigurationPath ratePath, ConfigurationPath burstPath, ICollection<ConfigurationError> errors)
    {
        if (rate is not { } perSecond)
        {
            if (burst is not null)
            {
                errors.Add(new(burstPath, "A burst limit bounds nothing without a rate limit; set both."));
            }

            return null;
        }

        if (!(perSecond is >= 0 and <= MaxRate))
        {
            errors.Add(new(ratePath, "A rate limit is a number of events a second, from 0 to 10000000."));
            return null;
        }

        var atOnce = burst ?? (int)Math.Ceiling(perSecond);
        if (atOnce < 0 || (perSecond > 0 && Math.Max(atOnce, 1) / perSecond > YearInSeconds))
        {
            errors.Add(new(burst is null ? ratePath : burstPath, "A burst limit must not be negative, and the rate must be able to earn it back within a year."));
            return null;
        }

        return new RateLimit(perSecond, atOnce);
    }
}
