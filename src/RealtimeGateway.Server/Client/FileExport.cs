using RealtimeGateway.Configuration;
using RealtimeGateway.Configuration.Writing;

namespace RealtimeGateway.Server.Client;

/// <summary>Puts a configuration file in order without a gateway.</summary>
internal static class FileExport
{
    /// <summary>The file as <c>export</c> writes it.</summary>
    public static string Write(string path, bool withSecrets)
    {
        var content = FileContent.Read(Path.GetFullPath(path));
        if (content.Problem is { } problem)
        {
            throw new CallFailedException(new FileError(path, 1, 1, problem).ToString());
        }

        var result = GatewayFile.Parse(content.Bytes, path);
        return result.Configuration is { } configuration
            ? GatewayFileWriter.Write(configuration, withSecrets)
            : throw new CallFailedException(string.Join(Environment.NewLine, result.Errors));
    }
}
