using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using RealtimeGateway.Apis;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Deployments;

/// <summary>Finds the route of a message, from the UTF-8 of its body and without making a string.</summary>
internal sealed class RouteTable
{
    private readonly SelectionExpression _selection;
    private readonly FrozenDictionary<byte[], CompiledRoute>.AlternateLookup<ReadOnlySpan<byte>> _byKey;
    private readonly CompiledRoute? _default;
    private readonly int _longestKeyBytes;

    /// <summary>Freezes the routes of one stage.</summary>
    public RouteTable(SelectionExpression selection, ImmutableArray<CompiledRoute> routes)
    {
        _selection = selection;
        Connect = routes.FirstOrDefault(route => route.Key == Route.Connect);
        Disconnect = routes.FirstOrDefault(route => route.Key == Route.Disconnect);
        _default = routes.FirstOrDefault(route => route.Key == Route.Default);

        // No message reaches the life-cycle routes by naming them.
        var selectable = routes.Where(route => route != Connect && route != Disconnect)
            .ToFrozenDictionary(route => Encoding.UTF8.GetBytes(route.Key), Utf8KeyComparer.Instance);
        _byKey = selectable.GetAlternateLookup<ReadOnlySpan<byte>>();
        _longestKeyBytes = selectable.Keys.Select(key => key.Length).DefaultIfEmpty(0).Max();
    }

    /// <summary>The route that runs before a connection opens.</summary>
    public CompiledRoute? Connect { get; }

    /// <summary>The route that runs after a connection ended.</summary>
    public CompiledRoute? Disconnect { get; }

    /// <summary>The route of a message: the one its body selects, else <c>$default</c>, else null.</summary>
    public CompiledRoute? Select(ReadOnlySpan<byte> body)
    {
        // A selected key that is longer than any route's cannot be one.
        Span<byte> key = stackalloc byte[Math.Min(_longestKeyBytes, RouteKeyRules.MaxBytes)];
        return _selection.Evaluate(body, key, out var written) == SelectionStatus.Ok && _byKey.TryGetValue(key[..written], out var route)
            ? route
            : _default;
    }
}
