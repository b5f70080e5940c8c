namespace RealtimeGateway.Integrations;

/// <summary>What became of a body on its way through templates.</summary>
internal enum TemplateStatus
{
    /// <summary>It is written.</summary>
    Written,

    /// <summary>No template takes it, and it may not go on as it is.</summary>
    Refused,

    /// <summary>A template or conversion failed.</summary>
    Failed,
}
