using System.Text.RegularExpressions;

namespace RealtimeGateway.Integrations.Aws;

/// <summary>An AWS service and what of it is called, as an integration URI names them.</summary>
/// <param name="Region">The region.</param>
/// <param name="Service">The service's name in hosts and signatures, such as <c>sqs</c>.</param>
/// <param name="Subdomain">A label before the service in the host, such as a bucket's name; null: none.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Path">The path to call; null when an action is called.</param>
/// <param name="Action">The action to call, with further query parameters behind <c>&amp;</c>; null when a path is called.</param>
/// <remarks>https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html</remarks>
internal sealed partial record AwsService(string Region, string Service, string? Subdomain, string Partition, string? Path, string? Action)
{
    /// <summary>The service ids by which AWS SDKs name endpoint variables, where they differ from the name in hosts.</summary>
    private static string EndpointVariable(string service) => service switch
    {
        "states" => "SFN",
        "events" => "EVENTBRIDGE",
        "logs" => "CLOUDWATCH_LOGS",
        "monitoring" => "CLOUDWATCH",
        "email" => "SES",
        "secretsmanager" => "SECRETS_MANAGER",
        "cognito-idp" => "COGNITO_IDENTITY_PROVIDER",
        _ => service.ToUpperInvariant().Replace('-', '_'),
    };

    /// <summary>What <c>X-Amz-Target</c> begins with, for services whose actions are called by that header; null for the query protocol.</summary>
    public string? TargetPrefix => Service switch
    {
        "dynamodb" => "DynamoDB_20120810",
        "kinesis" => "Kinesis_20131202",
        "firehose" => "Firehose_20150804",
        "states" => "AWSStepFunctions",
        "events" => "AWSEvents",
        "logs" => "Logs_20140328",
        "ssm" => "AmazonSSM",
        "secretsmanager" => "secretsmanager",
        "kms" => "TrentService",
        "cognito-idp" => "AWSCognitoIdentityProviderService",
        _ => null,
    };

    /// <summary>Reads <c>arn:aws:apigateway:{region}:{subdomain.service|service}:{action|path}/{what}</c>; null when the text is not that.</summary>
    public static AwsService? TryParse(string uri)
    {
        var match = ServiceUri().Match(uri);
        if (!match.Success)
        {
            return null;
        }

        var host = match.Groups["host"].Value;
        var dot = host.LastIndexOf('.');
        var what = match.Groups["what"].Value;
        var isPath = match.Groups["kind"].Value == "path";
        return new AwsService(
            match.Groups["region"].Value, host[(dot + 1)..], dot < 0 ? null : host[..dot], match.Groups["partition"].Value,
            isPath ? what : null, isPath ? null : what);
    }

    /// <summary>The URL to call, placeholders included.</summary>
    public string UrlFrom(AwsEndpoints endpoints, out bool mayBeUnsigned)
    {
        var hostPrefix = Subdomain is null ? Service : $"{Subdomain}.{Service}";
        var endpoint = endpoints.Find(EndpointVariable(Service), hostPrefix, Region, Partition, out mayBeUnsigned).AbsoluteUri.TrimEnd('/');
        return Path is not null ? $"{endpoint}/{Path}" : TargetPrefix is not null ? $"{endpoint}/" : $"{endpoint}/?Action={Action}";
    }

    [GeneratedRegex(@"^arn:(?<partition>aws[a-z-]*):apigateway:(?<region>[a-z0-9-]+):(?<host>[A-Za-z0-9.-]+):(?<kind>action|path)/(?<what>.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex ServiceUri();
}
