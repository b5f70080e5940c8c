using System.Buffers;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>
/// What a template can see of one message: the sources behind <c>$input</c>, <c>$context</c> and <c>$stageVariables</c>.
/// Every member must be cheap and must not change during an evaluation, except by <see cref="TrySetContext"/>. Called by one thread at a time.
/// <para>Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mapping-template-reference.html</para>
/// </summary>
internal interface ITemplateVariables
{
    /// <summary>The raw body, <c>$input.body</c>. Read as JSON only when the template asks for JSON; an empty one reads as <c>{}</c>.</summary>
    ReadOnlyMemory<byte> Body { get; }

    /// <summary><c>$input.params().path</c>.</summary>
    IReadOnlyDictionary<string, string> PathParameters { get; }

    /// <summary><c>$input.params().querystring</c>.</summary>
    IReadOnlyDictionary<string, string> QueryString { get; }

    /// <summary><c>$input.params().header</c>. Whether names are told apart by case is this dictionary's choice.</summary>
    IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary><c>$stageVariables</c>.</summary>
    IReadOnlyDictionary<string, string> StageVariables { get; }

    /// <summary>Writes a context variable's text as UTF-8. False, with nothing written, when it is not set.</summary>
    bool TryWriteContext(ContextReference reference, IBufferWriter<byte> output);

    /// <summary>The same as text, for templates that do more with it than print it. Null when it is not set.</summary>
    string? GetContext(ContextReference reference);

    /// <summary>The names directly below a path (empty path: below <c>$context</c>); empty when it is no inner node.</summary>
    IReadOnlyCollection<string> GetContextNames(string path);

    /// <summary>Stores an assignment such as <c>#set($context.responseOverride.status = 400)</c>. False when the path is read-only.</summary>
    bool TrySetContext(string path, string value);
}
