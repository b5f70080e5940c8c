using System.Globalization;
using System.Text;

namespace RealtimeGateway.Load.Suite.Servers;

/// <summary>What the gateway is to serve in an experiment, and the file that says so.</summary>
internal sealed record GatewaySettings
{
    /// <summary>APIs; the traffic goes to one of them.</summary>
    public int Apis { get; init; } = 1;

    /// <summary>Routes that nobody calls, beside the ones in use, in each API.</summary>
    public int SpareRoutes { get; init; }

    /// <summary>The HTTP back end, with the paths <c>/echo</c> and <c>/hang</c>.</summary>
    public Uri? BackEnd { get; init; }

    /// <summary>Certificate and key, as PEM files: serve TLS.</summary>
    public Certificate? Certificate { get; init; }

    /// <summary>Callers of @connections must sign with <see cref="Gateways.SigningKey"/>.</summary>
    public bool IsSigned { get; init; }

    /// <summary>The connection string of the fleet's Redis.</summary>
    public string? Redis { get; init; }

    public string ToYaml()
    {
        var text = new StringBuilder("apis:\n");
        for (var i = 0; i < Apis; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  load{(i == 0 ? "" : i)}:\n    integrations:\n");
            text.Append("      echo: { type: MOCK, responses: { $default: \"$input.body\" } }\n");
            text.Append("      hello: { type: MOCK, responses: { $default: '{\"connectionId\": \"$context.connectionId\"}' } }\n");
            text.Append("      heavy:\n        type: MOCK\n        responses:\n          $default: |\n            ").Append(HeavyTemplate).Append('\n');
            if (BackEnd is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $"      http: {{ type: HTTP_PROXY, uri: \"{new Uri(BackEnd, "echo")}\" }}\n");
                text.Append(CultureInfo.InvariantCulture, $"      slow: {{ type: HTTP_PROXY, uri: \"{new Uri(BackEnd, "hang")}\" }}\n");
            }

            string[] routes = BackEnd is null ? ["echo", "hello", "heavy"] : ["echo", "hello", "heavy", "http", "slow"];
            text.Append("    routes:\n");
            foreach (var route in routes)
            {
                text.Append(CultureInfo.InvariantCulture, $"      {route}: {{ target: {route}, routeResponse: true }}\n");
            }

            for (var spare = 0; spare < SpareRoutes; spare++)
            {
                text.Append(CultureInfo.InvariantCulture, $"      spare{spare}: {{ target: echo, routeResponse: true }}\n");
            }

            text.Append("    stages: { prod: {} }\n");
        }

        return text.ToString();
    }

    /// <summary>Runs over 10,000 pairs, and answers only their number.</summary>
    private const string HeavyTemplate =
        "#set($n = 0)#foreach($a in [1..100])#foreach($b in [1..100])#set($n = $n + 1)#end#end{\"pairs\": $n, \"data\": \"$input.path('$.data')\"}";
}
