using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>The methods of <c>java.util.List</c> that templates use.</summary>
internal static class ListMethods
{
    public static object? Get(Evaluation evaluation, JavaList list, int index) =>
        index >= 0 && index < list.Count ? list[index] : OutOfRange(evaluation, list, index);

    public static object? Set(Evaluation evaluation, JavaList list, int index, object? value)
    {
        if (index < 0 || index >= list.Count)
        {
            return OutOfRange(evaluation, list, index);
        }

        var before = list[index];
        list[index] = value;
        return before;
    }

    public static object? Call(Evaluation evaluation, JavaList list, CallAccessor call, object?[] arguments)
    {
        switch (call.Name, arguments)
        {
            case ("size", []):
                return list.Count;
            case ("isEmpty", []):
                return Truth.Box(list.Count == 0);
            case ("get", [int index]):
                return Get(evaluation, list, index);
            case ("set", [int index, var value]):
                return Set(evaluation, list, index, value);
            case ("contains", [var value]):
                return Truth.Box(IndexOf(evaluation, list, value) >= 0);
            case ("containsAll", [JavaList values]):
                return Truth.Box(values.TrueForAll(value => IndexOf(evaluation, list, value) >= 0));
            case ("indexOf", [var value]):
                return IndexOf(evaluation, list, value);
            case ("lastIndexOf", [var value]):
                return list.FindLastIndex(item => !evaluation.Failed && Equality.JavaEquals(evaluation, item, value));
            case ("subList", [int from, int to]):
                return SubList(evaluation, list, from, to);
            default:
                return Change(evaluation, list, call.Name, arguments);
        }
    }

    private static object? Change(Evaluation evaluation, JavaList list, string name, object?[] arguments)
    {
        switch (name, arguments)
        {
            case ("add", [var value]):
                return Insert(evaluation, list, list.Count, [value]);
            case ("add", [int index, var value]):
                Insert(evaluation, list, index, [value]);
                return null;
            case ("addAll", [JavaList values]):
                return Insert(evaluation, list, list.Count, values);
            case ("addAll", [int index, JavaList values]):
                return Insert(evaluation, list, index, values);
            case ("remove", [int index]):
                var before = Get(evaluation, list, index);
                if (!evaluation.Failed)
                {
                    evaluation.Work(list.Count / 64);
                    list.RemoveAt(index);
                }

                return before;
            case ("remove", [var value]):
                var at = IndexOf(evaluation, list, value);
                if (at >= 0)
                {
                    list.RemoveAt(at);
                }

                return Truth.Box(at >= 0);
            case ("clear", []):
                list.Clear();
                return null;
            default:
                return null;
        }
    }

    private static object? Insert(Evaluation evaluation, JavaList list, int index, JavaList values)
    {
        if (index < 0 || index > list.Count)
        {
            return OutOfRange(evaluation, list, index);
        }

        if (!evaluation.ChargeEntries(values.Count) || !evaluation.Work((list.Count - index) / 64))
        {
            return null;
        }

        // A list may be added to itself.
        list.InsertRange(index, ReferenceEquals(values, list) ? [.. values] : values);
        return Truth.Box(values.Count > 0);
    }

    private static int IndexOf(Evaluation evaluation, JavaList list, object? value)
    {
        evaluation.Work(list.Count / 16);
        return list.FindIndex(item => !evaluation.Failed && Equality.JavaEquals(evaluation, item, value));
    }

    private static object? SubList(Evaluation evaluation, JavaList list, int from, int to)
    {
        if (from < 0 || to > list.Count || from > to)
        {
            return OutOfRange(evaluation, list, from < 0 || from > list.Count ? from : to);
        }

        return evaluation.ChargeEntries(to - from) ? new JavaList(list.GetRange(from, to - from), list.IsJson) : null;
    }

    private static object? OutOfRange(Evaluation evaluation, JavaList list, int index) =>
        evaluation.Fail(TemplateFailure.Evaluation, $"Index {index} is out of range for a list of {list.Count}");
}
