using System.Text.RegularExpressions;

namespace RealtimeGateway.Integrations.Lambda;

/// <summary>A Lambda function as an integration URI names it.</summary>
/// <param name="Arn">What goes into the Invoke path: the function's ARN, with its qualifier if it has one.</param>
/// <param name="Region">The region to call and to sign for.</param>
/// <param name="Partition"><c>aws</c>, <c>aws-cn</c> or <c>aws-us-gov</c>.</param>
internal sealed partial record FunctionName(string Arn, string Region, string Partition)
{
    /// <summary>
    /// Reads a function ARN, or the invocation URI <c>arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function ARN}/invocations</c>
    /// (https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html).
    /// </summary>
    /// <returns>Null when the text is neither.</returns>
    public static FunctionName? TryParse(string uri)
    {
        var invocation = InvocationUri().Match(uri);
        var arn = FunctionArn().Match(invocation.Success ? invocation.Groups["function"].Value : uri);
        return arn.Success ? new FunctionName(arn.Value, arn.Groups["region"].Value, arn.Groups["partition"].Value) : null;
    }

    [GeneratedRegex(@"^arn:aws[a-z-]*:apigateway:[a-z0-9-]+:lambda:path/2015-03-31/functions/(?<function>[^/]+)/invocations\z", RegexOptions.CultureInvariant)]
    private static partial Regex InvocationUri();

    [GeneratedRegex(@"^arn:(?<partition>aws[a-z-]*):lambda:(?<region>[a-z0-9-]+):\d{12}:function:[A-Za-z0-9_-]{1,140}(:[A-Za-z0-9_$-]{1,128})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex FunctionArn();
}
