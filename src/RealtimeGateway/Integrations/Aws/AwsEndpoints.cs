namespace RealtimeGateway.Integrations.Aws;

/// <summary>
/// Finds where a service of AWS is called, by the variables that every AWS SDK reads
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html): <c>AWS_ENDPOINT_URL_{SERVICE}</c>, then
/// <c>AWS_ENDPOINT_URL</c>, else AWS itself. <c>AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true</c> leaves only the last.
/// </summary>
/// <param name="environment">Reads a variable; null when it is not set.</param>
internal sealed class AwsEndpoints(Func<string, string?> environment)
{
    /// <summary>The base of the service's URLs.</summary>
    /// <param name="service">The service as the variable spells it, such as <c>LAMBDA</c>.</param>
    /// <param name="hostPrefix">The service's label in host names, such as <c>lambda</c>.</param>
    /// <param name="region">The region.</param>
    /// <param name="partition">The partition of the ARN.</param>
    /// <param name="isConfigured">Whether a variable named the endpoint, so that it may be an emulator that needs no credentials.</param>
    /// <exception cref="FormatException">A variable does not hold an absolute http or https URL.</exception>
    public Uri Find(string service, string hostPrefix, string region, string partition, out bool isConfigured)
    {
        isConfigured = false;
        if (!string.Equals(environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true", StringComparison.OrdinalIgnoreCase))
        {
            foreach (var name in (ReadOnlySpan<string>)[$"AWS_ENDPOINT_URL_{service}", "AWS_ENDPOINT_URL"])
            {
                if (environment(name) is not { Length: > 0 } value)
                {
                    continue;
                }

                isConfigured = true;
                return Uri.TryCreate(value, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https")
                    ? uri
                    : throw new FormatException($"The environment variable {name} must be an absolute http or https URL, but is '{value}'.");
            }
        }

        var suffix = partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
        return new Uri($"https://{hostPrefix}.{region}.{suffix}");
    }
}
