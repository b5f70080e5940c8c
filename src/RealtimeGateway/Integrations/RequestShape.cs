using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Buffers;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Integrations;

/// <summary>How an event becomes a request: its parameters and its body.</summary>
internal sealed partial class RequestShape
{
    private readonly ParameterMappings _parameters;
    private readonly BodyTemplates _templates;
    private readonly ILogger _log;

    private RequestShape(ParameterMappings parameters, BodyTemplates templates, ILogger log)
    {
        _parameters = parameters;
        _templates = templates;
        _log = log;
    }

    /// <summary>Whether the author maps parameters; then only those are sent.</summary>
    public bool HasMappings => !_parameters.IsEmpty;

    /// <summary>The templates of the body.</summary>
    public BodyTemplates Templates => _templates;

    /// <summary>The longest body, in bytes, with which <see cref="Make"/> is sure to be short work; -1: with none.</summary>
    public int QuickBytes => _templates.QuickBytes;

    /// <summary>Compiles the shape of an integration's requests; says everything that is wrong.</summary>
    public static RequestShape Compile(
        Integration integration, MappingRoute route, ConfigurationPath path, ICollection<ConfigurationError> errors, ILogger log)
    {
        var isProxy = integration.Type is IntegrationType.HttpProxy or IntegrationType.AwsProxy;
        if (isProxy && !integration.RequestTemplates.IsEmpty)
        {
            errors.Add(new(path["requestTemplates"], "A proxy integration sends the message as it is; use type HTTP or AWS for templates."));
        }

        if (isProxy && !integration.Responses.IsEmpty)
        {
            errors.Add(new(path["responses"], "A proxy integration passes the answer on as it is; use type HTTP or AWS for responses."));
        }

        var templates = BodyTemplates.Compile(
            integration.RequestTemplates, "requestTemplates", integration.TemplateSelectionExpression, SelectionScope.Template,
            isProxy ? PassthroughBehavior.WhenNoMatch : integration.PassthroughBehavior, integration.ContentHandling, path, errors, log);
        return new RequestShape(ParameterMappings.Compile(integration.RequestParameters, route, path["requestParameters"], errors), templates, log);
    }

    /// <summary>Whether the message is the body of the request, as it is: then nobody has to copy it.</summary>
    public bool IsMessageAsItIs => _templates.IsPassThrough && _parameters.IsEmpty;

    /// <summary>Makes the parameters and the body of a request.</summary>
    /// <param name="context">The event.</param>
    /// <param name="parts">Takes the parameters.</param>
    /// <param name="body">Takes the body.</param>
    /// <returns>Null when both are there, or else why the back end is not to be called.</returns>
    public IntegrationStatus? Make(EventContext context, out RequestParts parts, PooledBufferWriter body)
    {
        if (!_parameters.TryEvaluate(context, out var mapped))
        {
            Log.MappingRefused(_log, context.RouteKey);
            parts = new RequestParts();
            return IntegrationStatus.Failed;
        }

        parts = mapped;
        return _templates.Write(context, context.Body.Span, body) switch
        {
            TemplateStatus.Written => null,
            TemplateStatus.Refused => IntegrationStatus.Refused,
            _ => IntegrationStatus.Failed,
        };
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.MappingRefused, LogLevel.Warning, "A request parameter of the route {RouteKey} would have held control characters; the message was not passed on.")]
        public static partial void MappingRefused(ILogger logger, string routeKey);
    }
}
