using System.Text;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>How rendering goes on after a node.</summary>
internal enum Flow
{
    Next,
    Break,
    Stop,
}

/// <summary>A part of a template that writes. Immutable; one tree serves any number of evaluations at once.</summary>
internal abstract class Node
{
    public abstract Flow Render(Evaluation evaluation);
}

internal sealed class TextNode(string text) : Node
{
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(text);

    public override Flow Render(Evaluation evaluation)
    {
        evaluation.Output.Write(_utf8);
        return Flow.Next;
    }
}

internal sealed class BlockNode(Node[] nodes) : Node
{
    public override Flow Render(Evaluation evaluation)
    {
        foreach (var node in nodes)
        {
            if (!evaluation.Step())
            {
                return Flow.Stop;
            }

            var flow = node.Render(evaluation);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return evaluation.Failed ? Flow.Stop : Flow.Next;
    }
}

/// <summary><c>$x</c> in the text.</summary>
internal sealed class ReferenceNode(Expression reference, int position) : Node
{
    public override Flow Render(Evaluation evaluation)
    {
        evaluation.Position = position;
        reference.WriteTo(evaluation);
        return Flow.Next;
    }
}

/// <summary><c>\$x</c>: prints its own text, and keeps the backslash when the reference has no value.</summary>
internal sealed class EscapedReferenceNode(Expression reference, string literal, int position) : Node
{
    public override Flow Render(Evaluation evaluation)
    {
        evaluation.Position = position;
        if (!Truth.HasValue(reference.Evaluate(evaluation)))
        {
            evaluation.Output.WriteByte((byte)'\\');
        }

        evaluation.Output.Write(literal);
        return Flow.Next;
    }
}

internal sealed class FlowNode(Flow flow) : Node
{
    public override Flow Render(Evaluation evaluation) => flow;
}
