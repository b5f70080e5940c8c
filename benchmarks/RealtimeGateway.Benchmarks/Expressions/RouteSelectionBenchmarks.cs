using BenchmarkDotNet.Attributes;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Benchmarks.Expressions;

/// <summary>What does it cost to find a message's route key?</summary>
[MemoryDiagnoser]
public class RouteSelectionBenchmarks
{
    /// <summary>The longest route key there is, in bytes (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html).</summary>
    private const int MaxKeyBytes = 128;

    private readonly SelectionExpression _action = Compile("$request.body.action");
    private readonly SelectionExpression _nested = Compile("$request.body.data.request.type");
    private readonly SelectionExpression _two = Compile("${request.body.room}/${request.body.action}");
    private readonly byte[] _small = Payloads.Json(128);
    private readonly byte[] _large = Payloads.Json(4096);
    private readonly byte[] _deep = Payloads.NestedJson(256);
    private readonly byte[] _notJson = "ping, says the client, and this is not JSON"u8.ToArray();
    private readonly byte[] _key = new byte[MaxKeyBytes];

    [Benchmark(Baseline = true)]
    public int SmallBody() => Select(_action, _small, SelectionStatus.Ok);

    [Benchmark]
    public int LargeBody() => Select(_action, _large, SelectionStatus.Ok);

    [Benchmark]
    public int NestedPath() => Select(_nested, _deep, SelectionStatus.Ok);

    [Benchmark]
    public int TwoVariables() => Select(_two, _small, SelectionStatus.Ok);

    /// <summary>Goes to <c>$default</c>.</summary>
    [Benchmark]
    public int NotJson() => Select(_action, _notJson, SelectionStatus.NotJson);

    private int Select(SelectionExpression expression, byte[] body, SelectionStatus expected)
    {
        var status = expression.Evaluate(body, _key, out var written);
        return status == expected && written > 0 == (expected == SelectionStatus.Ok)
            ? written
            : throw new InvalidOperationException($"'{expression.Text}' ended in {status} with {written} bytes.");
    }

    private static SelectionExpression Compile(string text) =>
        SelectionExpression.TryParse(text, SelectionScope.Route, out var expression, out var error) ? expression : throw new FormatException(error);
}
