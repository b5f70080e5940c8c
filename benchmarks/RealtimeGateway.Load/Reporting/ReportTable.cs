using System.Globalization;
using RealtimeGateway.Load.Measurement;

namespace RealtimeGateway.Load.Reporting;

/// <summary>The report as a table for people.</summary>
internal sealed class ReportTable(TextWriter output)
{
    public void Write(LoadReport report)
    {
        output.WriteLine();
        Row("scenario", report.Scenario + (report.IsPartial ? "  (partial: interrupted)" : ""));
        Row("url", report.Url.ToString());
        if (report.PayloadBytes is { } bytes)
        {
            Row("load", Text($"{bytes} B payload, {(report.Rate is { } rate ? Text($"open loop at {rate:N0}/s") : "closed loop")}"));
        }

        var connections = report.Connections;
        Row("connections", Text($"{connections.Opened:N0} of {connections.Requested:N0} open in {connections.Seconds:N2} s, from {connections.SourceAddresses} local address(es)"));
        Latency("  until open", connections.Latency);
        if (report.Traffic is { } traffic)
        {
            Write(traffic);
        }

        foreach (var wave in report.Idle)
        {
            Write(wave);
        }

        foreach (var (what, count) in report.Errors)
        {
            Row("error", Text($"{count:N0} × {what}"));
        }

        foreach (var warning in report.Warnings)
        {
            Row("warning", warning);
        }
    }

    private void Write(TrafficReport traffic)
    {
        Row("throughput", Text($"{traffic.MessagesPerSecond:N0} messages/s ({traffic.Messages:N0} in {traffic.Seconds:N2} s)"));
        Latency(traffic.ReceiptLatency is null ? "latency" : "POST latency", traffic.Latency);
        Latency("receipt latency", traffic.ReceiptLatency);
        Latency("sent late by", traffic.SendDelay);
        Cost("server", traffic.Server);
        Cost("back end", traffic.BackEnd);
        Cost("client", traffic.Client);
    }

    private void Write(IdleWave wave)
    {
        Row("idle", wave.BytesPerConnection is { } bytes
            ? Text($"{bytes:N0} B/connection ({Megabytes(wave.ResidentBefore)} before, {Megabytes(wave.ResidentDuring)} with {wave.Connections:N0} connections)")
            : Text($"{wave.Connections:N0} connections (name --server-pid to see what they cost)"));
        if (wave.BytesPerConnection is null)
        {
            return;
        }

        Row("  server", Text($"{wave.DescriptorsBefore:N0} → {wave.DescriptorsDuring:N0} descriptors, {wave.ThreadsDuring} threads, {wave.Cores:N3} cores at rest"));
        if (wave.IsClean is { } isClean)
        {
            var letGo = wave.SecondsToLetGo is { } seconds ? Text($"after {seconds:N2} s") : "NOT within 30 s";
            Row("  killed", Text($"descriptors back {letGo}; {wave.DescriptorsAfter:N0} descriptors, {Megabytes(wave.ResidentAfter)}: {(isClean ? "clean" : "NOT CLEAN")}"));
        }
    }

    private void Latency(string name, LatencySummary? latency)
    {
        if (latency is not null)
        {
            Row(name, Text($"p50 {Duration(latency.P50)}  p90 {Duration(latency.P90)}  p99 {Duration(latency.P99)}  p99.9 {Duration(latency.P999)}  max {Duration(latency.Max)}"));
        }
    }

    private void Cost(string name, ProcessCost? cost)
    {
        if (cost is not null)
        {
            var each = cost.CpuMicrosecondsPerMessage is { } micros ? Text($"{micros:N2} µs CPU/message, ") : "";
            Row(name, Text($"{each}{cost.Cores:N2} cores"));
        }
    }

    private void Row(string name, string value) => output.WriteLine($"{name,-16} {value}");

    private static string Duration(double microseconds) =>
        microseconds < 1000 ? Text($"{microseconds:N0} µs") : microseconds < 1_000_000 ? Text($"{microseconds / 1000:N2} ms") : Text($"{microseconds / 1_000_000:N2} s");

    private static string Megabytes(long? bytes) => Text($"{bytes / 1048576.0:N1} MB");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
