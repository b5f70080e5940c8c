using RealtimeGateway.Load.Measurement;

namespace RealtimeGateway.Load.Reporting;

/// <summary>One opening of idle connections, seen from the server's side. Without <c>--server-pid</c> only the count is known.</summary>
/// <param name="Connections">Open while it was looked at.</param>
/// <param name="ResidentBefore">The server's resident set before, in bytes.</param>
/// <param name="ResidentDuring">With the connections open and at rest.</param>
/// <param name="BytesPerConnection">The difference over their number.</param>
/// <param name="DescriptorsBefore">The server's descriptors before.</param>
/// <param name="DescriptorsDuring">With the connections open.</param>
/// <param name="ThreadsDuring">The server's threads then.</param>
/// <param name="Cores">What it spends on connections that say nothing: 1 is one core kept busy.</param>
/// <param name="ResidentAfter">After the kill.</param>
/// <param name="DescriptorsAfter">After the kill.</param>
/// <param name="SecondsToLetGo">From the kill until the descriptors were back; null: not within 30 s.</param>
/// <param name="IsClean">Whether they were back; null when nothing was killed.</param>
internal sealed record IdleWave(
    int Connections, long? ResidentBefore, long? ResidentDuring, double? BytesPerConnection, int? DescriptorsBefore, int? DescriptorsDuring,
    int? ThreadsDuring, double? Cores, long? ResidentAfter, int? DescriptorsAfter, double? SecondsToLetGo, bool? IsClean)
{
    public static IdleWave Of(
        int open, ProcessSample? before, ProcessSample? cpuFrom, ProcessSample? during, ProcessSample? after, double? letGo, int slack) => new(
            open, before?.ResidentBytes, during?.ResidentBytes,
            open > 0 && during?.ResidentBytes - before?.ResidentBytes is { } grown ? Math.Round((double)grown / open) : null,
            before?.Descriptors, during?.Descriptors, during?.Threads, ProcessCost.Between(cpuFrom, during, 0)?.Cores,
            after?.ResidentBytes, after?.Descriptors, letGo, after is null ? null : after?.Descriptors <= before?.Descriptors + slack);
}
