using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using RealtimeGateway.Apis;
using RealtimeGateway.Events;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Integrations;

/// <summary>The compiled request parameters of an integration.</summary>
internal sealed class ParameterMappings
{
    private readonly ImmutableArray<ParameterMapping> _mappings;

    private ParameterMappings(ImmutableArray<ParameterMapping> mappings) => _mappings = mappings;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _mappings.IsEmpty;

    /// <summary>Compiles them; says everything that is wrong.</summary>
    public static ParameterMappings Compile(
        IReadOnlyDictionary<string, string> parameters, MappingRoute route, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        var compiled = ImmutableArray.CreateBuilder<ParameterMapping>(parameters.Count);
        foreach (var (target, source) in parameters)
        {
            if (ParameterMapping.TryParse(target, source, route, out var mapping, out var error))
            {
                compiled.Add(mapping);
            }
            else
            {
                errors.Add(new(path[target], error));
            }
        }

        return new ParameterMappings(compiled.DrainToImmutable());
    }

    /// <summary>Evaluates them. <see langword="false"/> when a value could forge a header or a request: the message must fail.</summary>
    public bool TryEvaluate(EventContext context, [NotNullWhen(true)] out RequestParts? parts)
    {
        if (_mappings.IsEmpty)
        {
            parts = RequestParts.None;
            return true;
        }

        parts = new RequestParts();
        foreach (var mapping in _mappings)
        {
            var mapped = mapping.Evaluate(context);
            switch (mapped.Status)
            {
                case MappedStatus.Refused:
                    parts = null;
                    return false;
                case MappedStatus.Found:
                    Add(parts, mapping, mapped);
                    break;
                default:
                    // A missing source leaves the parameter out.
                    break;
            }
        }

        return true;
    }

    /// <summary>The value that a response mapping has for a header; null when it has none.</summary>
    public string? FindHeader(EventContext context, string name)
    {
        foreach (var mapping in _mappings)
        {
            if (string.Equals(mapping.Name, name, StringComparison.OrdinalIgnoreCase)
                && mapping.Evaluate(context) is { Status: MappedStatus.Found } mapped)
            {
                return mapped.Values[^1];
            }
        }

        return null;
    }

    private static void Add(RequestParts parts, ParameterMapping mapping, MappedValue mapped)
    {
        switch (mapping.Place)
        {
            case MappingPlace.Path:
                parts.Path[mapping.Name] = mapped.Values[^1] ?? "";
                break;
            case MappingPlace.QueryString:
                parts.Query.AddRange(mapped.Values.Select(value => KeyValuePair.Create(mapping.Name, value ?? "")));
                break;
            default:
                parts.Headers.AddRange(mapped.Values.Select(value => KeyValuePair.Create(mapping.Name, value ?? "")));
                break;
        }
    }
}
