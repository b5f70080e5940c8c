using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Buffers;
using RealtimeGateway.Events;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Integrations;

/// <summary>The compiled integration responses of a non-proxy integration: pick one by what was answered and shape the answer by it.</summary>
internal sealed class ResponseShapes
{
    private readonly ImmutableArray<Shape> _shapes;

    private ResponseShapes(ImmutableArray<Shape> shapes)
    {
        _shapes = shapes;
        QuickBytes = shapes.Select(shape => shape.Templates.QuickBytes).DefaultIfEmpty(int.MaxValue).Min();
    }

    /// <summary>Whether there are none, so that answers pass as they are.</summary>
    public bool IsEmpty => _shapes.IsEmpty;

    /// <summary>The longest answer, in bytes, that is sure to be shaped by short work; -1: none is.</summary>
    public int QuickBytes { get; }

    /// <summary>Compiles them; says everything that is wrong.</summary>
    public static ResponseShapes Compile(
        ImmutableArray<IntegrationResponse> responses, MappingRoute route, ConfigurationPath path, ICollection<ConfigurationError> errors, ILogger log)
    {
        var shapes = ImmutableArray.CreateBuilder<Shape>(responses.Length);
        foreach (var response in responses)
        {
            var place = path["responses"][response.Key];
            if (!ResponseKey.TryParse(response.Key, out var key, out var error))
            {
                errors.Add(new(place, error));
                continue;
            }

            var templates = BodyTemplates.Compile(
                response.ResponseTemplates, "templates", response.TemplateSelectionExpression, SelectionScope.IntegrationResponseTemplate,
                PassthroughBehavior.WhenNoMatch, response.ContentHandling, place, errors, log);
            // Elsewhere than on $connect there is no header that a response could set.
            var parameters = route == MappingRoute.Connect ? response.ResponseParameters : ImmutableSortedDictionary<string, string>.Empty;
            shapes.Add(new Shape(key, templates, ParameterMappings.Compile(parameters, route, place["parameters"], errors)));
        }

        if (!responses.IsEmpty && responses.All(response => response.Key != Route.Default))
        {
            errors.Add(new(path["responses"], "The responses need a $default for what no other key takes."));
        }

        // The catch-all is asked last, the others in the order they were written.
        return new ResponseShapes([.. shapes.OrderBy(shape => shape.Key.IsDefault)]);
    }

    /// <summary>Shapes an answer. The context's answer must be set.</summary>
    /// <param name="context">The event.</param>
    /// <param name="selector">What the responses' keys are matched with; null: only <c>$default</c> matches.</param>
    public IntegrationOutcome Apply(EventContext context, string? selector)
    {
        var answer = context.Answer.GetValueOrDefault();
        foreach (var shape in _shapes)
        {
            if (!shape.Key.IsDefault && (selector is null || !shape.Key.IsMatch(selector)))
            {
                continue;
            }

            var body = context.Scratch;
            body.Reset();
            return shape.Templates.Write(context, answer.Body.Span, body) != TemplateStatus.Written
                ? IntegrationOutcome.Of(IntegrationStatus.Failed)
                : new IntegrationOutcome
                {
                    Status = IntegrationStatus.Answered,
                    StatusCode = answer.StatusCode,
                    HasBody = body.WrittenCount > 0,
                    Body = body.Detach(),
                    Subprotocol = shape.Parameters.FindHeader(context, "Sec-WebSocket-Protocol"),
                };
        }

        return IntegrationOutcome.Of(IntegrationStatus.Failed);
    }

    /// <summary>What HTTP, MOCK and AWS services other than Lambda are told apart by.</summary>
    public static string StatusSelector(int statusCode) => statusCode.ToString(CultureInfo.InvariantCulture);

    /// <summary>What Lambda functions are told apart by: the error message, which only a failure has.</summary>
    public static string? ErrorMessageOf(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isMessage = reader.ValueTextEquals("errorMessage"u8);
                reader.Read();
                if (isMessage)
                {
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : Encoding.UTF8.GetString(reader.ValueSpan);
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Not JSON: no error message.
        }

        return null;
    }

    private sealed record Shape(ResponseKey Key, BodyTemplates Templates, ParameterMappings Parameters);
}
