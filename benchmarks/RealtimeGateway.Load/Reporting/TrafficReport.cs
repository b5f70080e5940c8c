using RealtimeGateway.Load.Measurement;

namespace RealtimeGateway.Load.Reporting;

/// <summary>What the measured window showed.</summary>
/// <param name="Seconds">Its length.</param>
/// <param name="Messages">Answered inside it (echo), or accepted inside it (push).</param>
/// <param name="MessagesPerSecond">The same over its length.</param>
/// <param name="Latency">Echo: until the answer. Push: until the POST was answered. Of messages due inside the window.</param>
/// <param name="ReceiptLatency">Push: until the client's socket had the message.</param>
/// <param name="SendDelay">Open loop: how late this client itself sent. When it is not small against the latency, the client is the bottleneck.</param>
/// <param name="Server">The server's processor time; null without <c>--server-pid</c>.</param>
/// <param name="Client">This process's own.</param>
/// <param name="BackEnd">That of the processes behind the server; null without <c>--back-end-pid</c>.</param>
internal sealed record TrafficReport(
    double Seconds, long Messages, double MessagesPerSecond, LatencySummary? Latency, LatencySummary? ReceiptLatency, LatencySummary? SendDelay,
    ProcessCost? Server, ProcessCost Client, ProcessCost? BackEnd = null);
