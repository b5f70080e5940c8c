namespace RealtimeGateway.Apis;

/// <summary>What becomes of a message when none of the request templates is selected.</summary>
public enum PassthroughBehavior
{
    /// <summary>WHEN_NO_MATCH: the message goes on as it is.</summary>
    WhenNoMatch,

    /// <summary>WHEN_NO_TEMPLATES: it goes on as it is only if there are no templates at all, else it is refused.</summary>
    WhenNoTemplates,

    /// <summary>NEVER: it is refused.</summary>
    Never,
}
