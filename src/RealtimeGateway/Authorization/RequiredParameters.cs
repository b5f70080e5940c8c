using System.Collections.Immutable;
using RealtimeGateway.Apis;
using RealtimeGateway.Events;

namespace RealtimeGateway.Authorization;

/// <summary>The headers and query parameters without which a handshake is no good one.</summary>
internal sealed class RequiredParameters
{
    private const string Header = "route.request.header.";
    private const string Query = "route.request.querystring.";

    private readonly ImmutableArray<string> _headers;
    private readonly ImmutableArray<string> _query;

    private RequiredParameters(ImmutableArray<string> headers, ImmutableArray<string> query) => (_headers, _query) = (headers, query);

    /// <summary>Compiles what the routes of an API declare, of which those of <c>$connect</c> count; says everything that is wrong.</summary>
    public static RequiredParameters Compile(Api api, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        var headers = ImmutableArray.CreateBuilder<string>();
        var query = ImmutableArray.CreateBuilder<string>();
        foreach (var route in api.Routes)
        {
            foreach (var (name, isRequired) in route.RequestParameters)
            {
                var place = path["routes"][route.RouteKey]["requestParameters"][name];
                var (list, prefix) = name.StartsWith(Header, StringComparison.Ordinal) ? (headers, Header) : (query, Query);
                if (route.RouteKey != Route.Connect)
                {
                    errors.Add(new(place, "Only the handshake has headers and query parameters; declare them on $connect."));
                }
                else if (!name.StartsWith(prefix, StringComparison.Ordinal) || name.Length == prefix.Length)
                {
                    errors.Add(new(place, $"'{name}' is no parameter; write route.request.header.{{name}} or route.request.querystring.{{name}}."));
                }
                else if (isRequired)
                {
                    list.Add(name[prefix.Length..]);
                }
            }
        }

        return new RequiredParameters(headers.ToImmutable(), query.ToImmutable());
    }

    /// <summary>Whether a handshake has them all, none of them empty.</summary>
    public bool AreIn(UpgradeRequest upgrade)
    {
        foreach (var name in _headers)
        {
            if (upgrade.Headers[name] is not [.., { Length: > 0 }])
            {
                return false;
            }
        }

        foreach (var name in _query)
        {
            if (string.IsNullOrEmpty(upgrade.SingleValueQuery.GetValueOrDefault(name)))
            {
                return false;
            }
        }

        return true;
    }
}
