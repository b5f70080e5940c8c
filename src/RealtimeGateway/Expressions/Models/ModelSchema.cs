using System.Text.Json;

namespace RealtimeGateway.Expressions.Models;

/// <summary>One compiled schema. Members that are null ask for nothing. Written by <see cref="ModelCompiler"/> only, then never changed.</summary>
internal sealed class ModelSchema
{
    /// <summary>When set, nothing else counts (draft 4).</summary>
    public ModelSchema? Reference { get; set; }

    public ModelTypes Types { get; set; }

    public JsonElement[]? Enum { get; set; }

    public decimal? MultipleOf { get; set; }

    public decimal? Minimum { get; set; }

    public bool IsMinimumExclusive { get; set; }

    public decimal? Maximum { get; set; }

    public bool IsMaximumExclusive { get; set; }

    public int? MinLength { get; set; }

    public int? MaxLength { get; set; }

    public BoundedRegex? Pattern { get; set; }

    public int? MinItems { get; set; }

    public int? MaxItems { get; set; }

    public bool HasUniqueItems { get; set; }

    /// <summary>For every element.</summary>
    public ModelSchema? Items { get; set; }

    /// <summary>For each element its own.</summary>
    public ModelSchema[]? Tuple { get; set; }

    public ModelSchema? AdditionalItems { get; set; }

    public bool ForbidsAdditionalItems { get; set; }

    public int? MinProperties { get; set; }

    public int? MaxProperties { get; set; }

    public string[]? Required { get; set; }

    public Dictionary<string, ModelSchema>? Properties { get; set; }

    public (BoundedRegex Name, ModelSchema Schema)[]? PatternProperties { get; set; }

    public ModelSchema? AdditionalProperties { get; set; }

    public bool ForbidsAdditionalProperties { get; set; }

    public (string Name, string[] Needs, ModelSchema? Schema)[]? Dependencies { get; set; }

    public ModelSchema[]? AllOf { get; set; }

    public ModelSchema[]? AnyOf { get; set; }

    public ModelSchema[]? OneOf { get; set; }

    public ModelSchema? Not { get; set; }
}
