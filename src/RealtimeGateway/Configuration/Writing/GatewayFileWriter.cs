using RealtimeGateway.Apis;
using RealtimeGateway.Configuration.Shapes;

namespace RealtimeGateway.Configuration.Writing;

/// <summary>
/// Writes a configuration as a configuration file: what differs from the defaults, in the order of <see cref="GatewayFileTable"/> and of the
/// records. Reading the file gives equal records.
/// </summary>
internal static class GatewayFileWriter
{
    /// <summary>Writes the file, ending in a line break.</summary>
    /// <param name="configuration">What to write.</param>
    /// <param name="withSecrets">
    /// Whether secrets stand in it. Else references to the environment do, named after their places, such as
    /// <c>${env:APIS_CHAT_INTEGRATIONS_BACKEND_SECRET}</c>. Secrets are: the values of API keys, the secrets of integrations, and URLs with a query or a user.
    /// </param>
    public static string Write(GatewayConfiguration configuration, bool withSecrets)
    {
        var root = GatewayFileTable.Root.Print(DeployedApis.Fold(configuration), withSecrets ? Printing.WithSecrets : Printing.WithoutSecrets).AsObject();
        if (root.Count == 0)
        {
            // A file that holds nothing is refused, since it may be one that is just being saved.
            root["apis"] = new System.Text.Json.Nodes.JsonObject();
        }

        return YamlText.Of(root);
    }
}
