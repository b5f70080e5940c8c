using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using RealtimeGateway.Apis;
using RealtimeGateway.Expressions;
using RealtimeGateway.Expressions.Models;

namespace RealtimeGateway.Deployments;

/// <summary>
/// What the messages of one route must look like
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html): the message selects a model, and must fit it.
/// </summary>
internal sealed class RouteModels
{
    private readonly SelectionExpression? _selection;
    private readonly FrozenDictionary<byte[], ModelValidator>.AlternateLookup<ReadOnlySpan<byte>> _byKey;
    private readonly ModelValidator? _default;
    private readonly int _longestKeyBytes;

    /// <summary>Freezes the models of a route.</summary>
    /// <param name="selection">Selects a key; null: <c>$default</c>.</param>
    /// <param name="byKey">The models.</param>
    public RouteModels(SelectionExpression? selection, IEnumerable<KeyValuePair<string, ModelValidator>> byKey)
    {
        _selection = selection;
        var models = byKey.ToFrozenDictionary(pair => Encoding.UTF8.GetBytes(pair.Key), pair => pair.Value, Utf8KeyComparer.Instance);
        _byKey = models.GetAlternateLookup<ReadOnlySpan<byte>>();
        _default = _byKey.TryGetValue(Encoding.UTF8.GetBytes(Route.Default), out var model) ? model : null;
        QuickBytes = models.Values.Select(validator => validator.QuickBytes).DefaultIfEmpty(int.MaxValue).Min();
        _longestKeyBytes = models.Keys.Select(key => key.Length).DefaultIfEmpty(0).Max();
    }

    /// <summary>The longest message, in bytes, that is sure to be checked by short work; -1: none is.</summary>
    public int QuickBytes { get; }

    /// <summary>Checks a message. A message that selects no model does not fit, unless there is a <c>$default</c>.</summary>
    /// <param name="body">The message.</param>
    /// <param name="error">What <c>$context.error.validationErrorString</c> says. Parts of it come from the client.</param>
    public bool TryValidate(ReadOnlyMemory<byte> body, [NotNullWhen(false)] out string? error)
    {
        if (Select(body.Span) is { } model)
        {
            return model.TryValidate(body, out error);
        }

        error = "[no model is selected by the message]";
        return false;
    }

    private ModelValidator? Select(ReadOnlySpan<byte> body)
    {
        if (_selection is null)
        {
            return _default;
        }

        // A selected key that is longer than any model's cannot be one.
        Span<byte> key = stackalloc byte[Math.Min(_longestKeyBytes, RouteKeyRules.MaxBytes)];
        return _selection.Evaluate(body, key, out var written) == SelectionStatus.Ok && _byKey.TryGetValue(key[..written], out var model)
            ? model
            : _default;
    }
}
