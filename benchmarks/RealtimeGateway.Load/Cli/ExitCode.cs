namespace RealtimeGateway.Load.Cli;

/// <summary>What the shell learns.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The run ended, but something in it failed: the table's error rows say what.</summary>
    public const int Errors = 1;

    /// <summary>The run did not begin.</summary>
    public const int Refused = 2;
}
