using System.Buffers;

namespace RealtimeGateway.Expressions;

/// <summary>The names that may follow <c>header.</c>, <c>querystring.</c> and the like: <c>^[a-zA-Z0-9._$-]+$</c>.</summary>
internal static class VariableName
{
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._$-");

    private static readonly SearchValues<char> AllowedForStages =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>Whether the name is one of a header, parameter or context variable.</summary>
    public static bool IsValid(ReadOnlySpan<char> name) => !name.IsEmpty && !name.ContainsAnyExcept(Allowed);

    /// <summary>Whether the name is one of a stage variable: <c>^[A-Za-z0-9_]+$</c>.</summary>
    public static bool IsValidForStage(ReadOnlySpan<char> name) => !name.IsEmpty && !name.ContainsAnyExcept(AllowedForStages);
}
