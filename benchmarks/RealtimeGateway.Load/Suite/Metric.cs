namespace RealtimeGateway.Load.Suite;

/// <summary>The names of what is measured, the same in every experiment.</summary>
internal static class Metric
{
    public const string Cpu = "CPU per message";
    public const string BackEndCpu = "back end's CPU per message";
    public const string Rate = "messages";
    public const string P50 = "p50";
    public const string P99 = "p99";
    public const string FirstReceipt = "first receipt, p50";
    public const string IdleBytes = "memory per idle connection";
    public const string Baseline = "memory with no connection";
}
