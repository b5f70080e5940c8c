using System.Collections.Concurrent;
using System.Text;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.BackEnds;

/// <summary>Answers Invoke calls by running a handler in Node (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).</summary>
internal sealed class LambdaHost : IAsyncDisposable
{
    private readonly NodeScript _node;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<BackendAnswer>> _calls = new(StringComparer.Ordinal);
    private int _last;

    public LambdaHost(string handler, params string[] options)
    {
        _node = NodeScript.Start("lambda-host.mjs", ["--handler", handler, .. options]);
        _ = ReadAsync();
    }

    public async Task<BackendAnswer> InvokeAsync(BackendCall call)
    {
        var id = Interlocked.Increment(ref _last).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var answer = new TaskCompletionSource<BackendAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = answer;
        await _node.SendAsync(new { command = "invoke", id, @event = call.Json });
        return await answer.Task;
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private async Task ReadAsync()
    {
        await foreach (var answer in _node.ReadAllAsync())
        {
            if (_calls.TryRemove(answer["id"]?.ToString() ?? "", out var call))
            {
                var payload = Encoding.UTF8.GetBytes(answer["payload"]!.ToString());
                call.SetResult(answer["event"]!.ToString() == "error" ? new(200, payload, ("X-Amz-Function-Error", "Unhandled")) : new(200, payload));
            }
        }
    }
}
