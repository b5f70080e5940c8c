using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace RealtimeGateway.Expressions.Models;

/// <summary>
/// A compiled model: the JSON Schema, draft 4, that a message must follow
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html).
/// </summary>
/// <remarks>
/// Nothing in a schema or a body can make validation fetch anything, recurse without bound or run for long: references stay inside the
/// schema, work is counted, and expressions are <see cref="BoundedRegex"/>es. <c>format</c> only describes.
/// </remarks>
internal sealed class ModelValidator
{
    /// <summary>AWS's limit on a schema, in characters.</summary>
    public const int MaxSchemaCharacters = 32_768;

    /// <summary>A message of this size is parsed and looked through in some ten microseconds.</summary>
    private const int MaxQuickBytes = 4 * 1024;

    // They are found in the text, wherever they stand; one that is spelled with escapes is taken for granted.
    private static readonly string[] LongKeywords = ["pattern", "uniqueItems", "enum"];

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = JsonScanner.MaxDepth };

    private readonly ModelSchema _schema;

    private ModelValidator(ModelSchema schema, int quickBytes)
    {
        _schema = schema;
        QuickBytes = quickBytes;
    }

    /// <summary>The longest message, in bytes, that is sure to be checked by short work; -1: none is, since expressions or comparisons of all items are.</summary>
    public int QuickBytes { get; }

    /// <summary>Compiles a schema.</summary>
    /// <param name="schema">The schema's JSON; at most <see cref="MaxSchemaCharacters"/>.</param>
    /// <param name="validator">The compiled model.</param>
    /// <param name="error">Where in the schema the first mistake is, as a JSON pointer, and what to write instead.</param>
    public static bool TryParse(string schema, [NotNullWhen(true)] out ModelValidator? validator, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(schema);
        validator = null;
        if (schema.Length > MaxSchemaCharacters)
        {
            error = $"the schema has {schema.Length} characters; at most {MaxSchemaCharacters} are allowed";
            return false;
        }

        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(schema, Strict);
            root = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            error = $"the schema is not JSON: {exception.Message}";
            return false;
        }

        var compiler = new ModelCompiler(root);
        var compiled = compiler.Compile();
        error = compiler.Error;
        if (compiled is null)
        {
            error ??= "the schema is empty";
            return false;
        }

        var isLong = LongKeywords.Any(keyword => schema.Contains(keyword, StringComparison.Ordinal)) || schema.Contains('\\', StringComparison.Ordinal);
        validator = new ModelValidator(compiled, isLong ? -1 : MaxQuickBytes);
        error = null;
        return true;
    }

    /// <summary>Checks a message.</summary>
    /// <param name="body">The message in UTF-8; strict JSON.</param>
    /// <param name="error">
    /// What <c>$context.error.validationErrorString</c> says: the first mistakes between brackets. Parts of it come from the client.
    /// </param>
    public bool TryValidate(ReadOnlyMemory<byte> body, [NotNullWhen(false)] out string? error)
    {
        // Also keeps exceptions for bodies that are not JSON off the path of messages.
        var scanner = new JsonScanner(body.Span, lenient: false);
        while (scanner.Read())
        {
        }

        if (scanner.Failed)
        {
            error = "[instance failed to match: it is not JSON]";
            return false;
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, Strict);
        }
        catch (JsonException)
        {
            error = "[instance failed to match: it is not JSON]";
            return false;
        }

        using (document)
        {
            var validation = new ModelValidation();
            try
            {
                validation.Check(_schema, document.RootElement);
            }
            catch (InvalidOperationException)
            {
                // JsonElement's way to say that an escape stands for half a surrogate pair (RFC 8259 §8.2).
                error = "[instance has a string that is not Unicode text]";
                return false;
            }

            error = validation.Error;
            return error is null;
        }
    }
}
