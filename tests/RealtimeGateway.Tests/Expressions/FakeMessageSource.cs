using System.Buffers;
using System.Text;
using Microsoft.Extensions.Primitives;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Tests.Expressions;

/// <summary>A message made of dictionaries.</summary>
internal sealed class FakeMessageSource : IMessageSource
{
    public Dictionary<string, string> Context { get; } = [];

    public Dictionary<string, StringValues> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, StringValues> Query { get; } = [];

    public Dictionary<string, StringValues> AnswerHeaders { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, string> Variables { get; } = [];

    public string Body { get; init; } = string.Empty;

    public string Answer { get; init; } = string.Empty;

    public ReadOnlyMemory<byte> RequestBody => Encoding.UTF8.GetBytes(Body);

    public ReadOnlyMemory<byte> ResponseBody => Encoding.UTF8.GetBytes(Answer);

    public string? BasePath { get; init; }

    public int ResponseStatus { get; init; }

    public StringValues RequestHeader(string name) => Headers.GetValueOrDefault(name);

    public StringValues RequestQuery(string name) => Query.GetValueOrDefault(name);

    public StringValues ResponseHeader(string name) => AnswerHeaders.GetValueOrDefault(name);

    public string? StageVariable(string name) => Variables.GetValueOrDefault(name);

    public bool TryWriteContext(in ContextVariable variable, IBufferWriter<byte> destination)
    {
        if (!Context.TryGetValue(variable.Name, out var value))
        {
            return false;
        }

        Encoding.UTF8.GetBytes(value, destination);
        return true;
    }
}
