using System.Text.Json.Nodes;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>One member of an <see cref="ObjectShape{T}"/>.</summary>
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

    /// <summary>The schema of the member, with the default that <paramref name="defaults"/> has.</summary>
    public abstract JsonObject Schema(SchemaDefinitions definitions, T defaults);

    /// <summary>A member.</summary>
    /// <param name="name">As written in the file.</param>
    /// <param name="shape">What may stand there.</param>
    /// <param name="with">The record with the value.</param>
    /// <param name="description">For people, ending in a full stop.</param>
    /// <param name="get">The value in a record, to show the default; absent when the default is nothing or is told in the description.</param>
    /// <param name="aws">What Amazon API Gateway calls it, when that is another name.</param>
    /// <param name="isRequired">Whether it must be written.</param>
    public static Member<T> Of<TValue>(
        string name, Shape<TValue> shape, Func<T, TValue, T> with, string description, Func<T, TValue>? get = null, string? aws = null, bool isRequired = false) =>
        new Typed<TValue>(name, shape, with, description, get, aws, isRequired);

    private sealed class Typed<TValue>(
        string name, Shape<TValue> shape, Func<T, TValue, T> with, string description, Func<T, TValue>? get, string? aws, bool isRequired)
        : Member<T>(name, description, aws, isRequired)
    {
        public override T? Read(FileNode node, T? target, MistakeList mistakes) =>
            shape.TryRead(node, mistakes, out var value) && target is not null ? with(target, value) : null;

        public override JsonObject Schema(SchemaDefinitions definitions, T defaults)
        {
            var schema = shape.Schema(definitions);
            var value = get is null ? null : shape.Print(get(defaults));
            schema.Insert(0, "description", value is null ? Description : $"{Description} Default: {value.ToJsonString().Trim('"')}.");
            if (value is not null)
            {
                schema["default"] = value;
            }

            return schema;
        }
    }
}
