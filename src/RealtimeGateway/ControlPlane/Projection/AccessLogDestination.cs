namespace RealtimeGateway.ControlPlane.Projection;

/// <summary>
/// Where an access log goes that a tool set. A log group's ARN becomes a file of the group's name in <c>access-logs</c> below the data directory; else
/// <c>stdout</c> or a path is taken as it is.
/// </summary>
internal static class AccessLogDestination
{
    private const string Folder = "access-logs";

    /// <summary>Why a destination is refused; null when it is fine.</summary>
    public static string? Check(string destination)
    {
        if (!destination.StartsWith("arn:", StringComparison.Ordinal))
        {
            return null;
        }

        return LogGroup(destination) is null
            ? "must be the ARN of a CloudWatch Logs group (arn:aws:logs:{region}:{account}:log-group:{name}), 'stdout' or the path of a file"
            : null;
    }

    /// <summary>The destination as a stage's settings have it.</summary>
    public static string Of(string destination)
    {
        if (LogGroup(destination) is not { } group)
        {
            return destination;
        }

        // A group's name may have slashes in it; neither they nor dots may lead out of the folder.
        var name = string.Concat(group.Trim('/').Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')).TrimStart('.');
        return $"{Folder}/{name}.log";
    }

    // arn:aws:logs:us-east-1:123456789012:log-group:/aws/chat:*
    private static string? LogGroup(string arn) =>
        arn.Split(':') is ["arn", _, "logs", _, _, "log-group", { Length: > 0 } name, ..] ? name : null;
}
