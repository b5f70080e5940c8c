using System.Text.Json.Nodes;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>One member of an <see cref="ObjectShape{T}"/>: how it is read, written and described.</summary>
internal abstract class Member<T>(string name, string description, string? elsewhere, bool isRequired) where T : class
{
    public string Name => name;

    /// <summary>For the schema: what editors show.</summary>
    public string Description => description;

    /// <summary>What Amazon API Gateway calls it, when that is another name: it is pointed out, not accepted.</summary>
    public string? Elsewhere => elsewhere;

    public bool IsRequired => isRequired;

    /// <summary>Reads the member into <paramref name="target"/>; <see langword="null"/> on a mistake, or when there is nothing to fill.</summary>
    public abstract T? Read(FileNode node, T? target, MistakeList mistakes);

    /// <summary>The member of <paramref name="source"/>, which stands at <paramref name="at"/>, as the file would have it; <see langword="null"/> when it has none.</summary>
    public abstract JsonNode? Print(T source, Printing at);

    /// <summary>The schema of the member, with the default that <paramref name="defaults"/> has.</summary>
    public abstract JsonObject Schema(SchemaDefinitions definitions, T defaults);

    /// <summary>A member.</summary>
    /// <param name="name">As written in the file.</param>
    /// <param name="shape">What may stand there.</param>
    /// <param name="get">The value in a record; <see langword="null"/>: there is none.</param>
    /// <param name="with">The record with the value.</param>
    /// <param name="description">For people, ending in a full stop.</param>
    /// <param name="aws">What Amazon API Gateway calls it, when that is another name.</param>
    /// <param name="isRequired">Whether it must be written.</param>
    /// <param name="isSecret">Whether a value is not for everyone's eyes.</param>
    /// <param name="tellsDefault">Whether the schema tells the default; <see langword="false"/> when the description does.</param>
    public static Member<T> Of<TValue>(
        string name, Shape<TValue> shape, Func<T, TValue?> get, Func<T, TValue, T> with, string description,
        string? aws = null, bool isRequired = false, Func<TValue, bool>? isSecret = null, bool tellsDefault = true) =>
        new Typed<TValue>(
            name, shape, (record, printing) => get(record) is { } value ? Show(shape, value, printing, isSecret) : null,
            with, description, aws, isRequired, tellsDefault);

    /// <summary>A member whose value may be absent.</summary>
    /// <inheritdoc cref="Of{TValue}(string, Shape{TValue}, Func{T, TValue}, Func{T, TValue, T}, string, string?, bool, Func{TValue, bool}?, bool)"/>
    public static Member<T> Of<TValue>(
        string name, Shape<TValue> shape, Func<T, TValue?> get, Func<T, TValue, T> with, string description, string? aws = null) where TValue : struct =>
        new Typed<TValue>(
            name, shape, (record, printing) => get(record) is { } value ? shape.Print(value, printing) : null,
            with, description, aws, isRequired: false, tellsDefault: true);

    private static JsonNode Show<TValue>(Shape<TValue> shape, TValue value, Printing at, Func<TValue, bool>? isSecret) =>
        isSecret?.Invoke(value) == true && at.SecretReference() is { } reference ? reference : shape.Print(value, at);

    private sealed class Typed<TValue>(
        string name, Shape<TValue> shape, Func<T, Printing, JsonNode?> print, Func<T, TValue, T> with, string description, string? aws,
        bool isRequired, bool tellsDefault)
        : Member<T>(name, description, aws, isRequired)
    {
        public override T? Read(FileNode node, T? target, MistakeList mistakes) =>
            shape.TryRead(node, mistakes, out var value) && target is not null ? with(target, value) : null;

        public override JsonNode? Print(T source, Printing at) => print(source, at[Name]);

        public override JsonObject Schema(SchemaDefinitions definitions, T defaults)
        {
            var schema = shape.Schema(definitions);
            var value = tellsDefault && !IsRequired ? print(defaults, Printing.WithSecrets) as JsonValue : null;
            schema.Insert(0, "description", value is null ? Description : $"{Description} Default: {value.ToJsonString().Trim('"')}.");
            if (value is not null)
            {
                schema["default"] = value;
            }

            return schema;
        }
    }
}
