using System.Buffers;
using System.Text;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>
/// A writer in front of the caller's that stops at a bound. Past it the evaluation has failed and what is written is dropped,
/// so that no writer in the engine needs to look at a result.
/// </summary>
internal sealed class TemplateOutput(Evaluation evaluation) : IBufferWriter<byte>
{
    // Text is encoded piecewise, so that a long string never asks the caller's writer for three times its length at once.
    private const int ChunkChars = 1024;

    private IBufferWriter<byte>? _target;
    private int _limit;
    private TemplateFailure _reason;

    public int Written { get; private set; }

    public void Open(IBufferWriter<byte> target, int limit, TemplateFailure reason)
    {
        _target = target;
        _limit = limit;
        _reason = reason;
        Written = 0;
    }

    public void Close() => _target = null;

    public void Advance(int count)
    {
        if (Admit(count))
        {
            _target!.Advance(count);
            Written += count;
        }
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => _target!.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _target!.GetSpan(sizeHint);

    public void Write(ReadOnlySpan<byte> utf8)
    {
        if (Admit(utf8.Length))
        {
            _target!.Write(utf8);
            Written += utf8.Length;
        }
    }

    public void Write(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && !evaluation.Failed)
        {
            var take = Math.Min(text.Length, ChunkChars);
            if (take < text.Length && char.IsHighSurrogate(text[take - 1]))
            {
                take--;
            }

            var span = _target!.GetSpan(take * 3);
            Advance(Encoding.UTF8.GetBytes(text[..take], span));
            text = text[take..];
        }
    }

    public void WriteByte(byte value)
    {
        if (Admit(1))
        {
            _target!.GetSpan(1)[0] = value;
            _target.Advance(1);
            Written++;
        }
    }

    private bool Admit(int count)
    {
        if (evaluation.Failed)
        {
            return false;
        }

        if (count <= _limit - Written)
        {
            return true;
        }

        evaluation.Fail(_reason, "The text grew past its bound");
        return false;
    }
}
