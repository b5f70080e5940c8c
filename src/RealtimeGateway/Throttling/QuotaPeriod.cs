namespace RealtimeGateway.Throttling;

/// <summary>How long a usage plan's quota holds; days are those of UTC.</summary>
internal enum QuotaPeriod
{
    /// <summary>DAY: from midnight to midnight.</summary>
    Day,

    /// <summary>WEEK: seven days from Sunday, or as many days later as the offset says.</summary>
    Week,

    /// <summary>MONTH: from its first day, or as many days later as the offset says.</summary>
    Month,
}
