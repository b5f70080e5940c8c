namespace RealtimeGateway.Apis;

/// <summary>How long a quota lasts, in UTC.</summary>
public enum QuotaPeriod
{
    /// <summary>From midnight to midnight.</summary>
    Day,

    /// <summary>From Sunday to Sunday.</summary>
    Week,

    /// <summary>From the first of a month to the next.</summary>
    Month,
}
