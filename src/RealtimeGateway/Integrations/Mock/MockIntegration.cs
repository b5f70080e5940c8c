using System.Text.Json;
using RealtimeGateway.Events;

namespace RealtimeGateway.Integrations.Mock;

/// <summary>
/// MOCK: the gateway answers by itself. The request template yields JSON with a <c>statusCode</c>, which picks the integration response;
/// without templates the status is 200. In a response template <c>$input</c> is the message. Runs where the message arrived and allocates nothing but its answer.
/// </summary>
internal sealed class MockIntegration(BodyTemplates request, ResponseShapes responses) : IIntegration
{
    /// <inheritdoc/>
    public int QuickBytes { get; } = Math.Min(request.QuickBytes, responses.QuickBytes);

    /// <inheritdoc/>
    public ValueTask<IntegrationOutcome> InvokeAsync(EventContext context, CancellationToken cancellationToken) => new(Invoke(context));

    private IntegrationOutcome Invoke(EventContext context)
    {
        var status = 200;
        if (!request.IsEmpty)
        {
            var output = context.Scratch;
            output.Reset();
            switch (request.Write(context, context.Body.Span, output))
            {
                case TemplateStatus.Refused:
                    return IntegrationOutcome.Of(IntegrationStatus.Refused);
                case TemplateStatus.Failed:
                    return IntegrationOutcome.Of(IntegrationStatus.Failed);
                default:
                    break;
            }

            if (!TryReadStatus(output.WrittenSpan, out status))
            {
                return IntegrationOutcome.Of(IntegrationStatus.Failed);
            }
        }

        if (responses.IsEmpty)
        {
            return new IntegrationOutcome { Status = IntegrationStatus.Answered, StatusCode = status };
        }

        // There is no other body that a response's template could show than the message itself.
        context.Answer = new IntegrationAnswer(status, context.Body);
        return responses.Apply(context, ResponseShapes.StatusSelector(status));
    }

    private static bool TryReadStatus(ReadOnlySpan<byte> json, out int status)
    {
        status = 0;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isStatus = reader.ValueTextEquals("statusCode"u8);
                reader.Read();
                if (isStatus)
                {
                    return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out status) && status is >= 100 and <= 599;
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Not the JSON that a mock's template must yield.
        }

        return false;
    }
}
