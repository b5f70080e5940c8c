using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using RealtimeGateway.Integrations.Http;
using RealtimeGateway.Signing;

namespace RealtimeGateway.Integrations.Aws;

/// <summary>
/// Credentials of roles that integrations name, from STS (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html); kept until
/// five minutes before they expire.
/// </summary>
internal sealed class RoleCredentials(
    BackendClient http, AwsCredentialSource credentials, AwsEndpoints endpoints, SigV4Signer signer, TimeProvider time)
{
    private const int MaxAnswerBytes = 64 * 1024;
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(5);

    // Bounded by the number of roles that configurations name.
    private readonly ConcurrentDictionary<string, Assumed> _assumed = new(StringComparer.Ordinal);

    /// <summary>The credentials of a role; null when it cannot be assumed.</summary>
    public async ValueTask<AwsCredential?> GetAsync(string roleArn, string region, CancellationToken cancellationToken)
    {
        if (_assumed.TryGetValue(roleArn, out var known) && time.GetUtcNow() < known.Expiration - RenewBefore)
        {
            return known.Credential;
        }

        if (await AssumeAsync(roleArn, region, cancellationToken) is not { } assumed)
        {
            return null;
        }

        _assumed[roleArn] = assumed;
        return assumed.Credential;
    }

    private async ValueTask<Assumed?> AssumeAsync(string roleArn, string region, CancellationToken cancellationToken)
    {
        var partition = roleArn.Split(':') is [_, var name, ..] ? name : "aws";
        var endpoint = endpoints.Find("STS", "sts", region, partition, out var mayBeUnsigned);
        var own = await credentials.GetAsync(cancellationToken);
        if (own is null && !mayBeUnsigned)
        {
            return null;
        }

        var body = Encoding.UTF8.GetBytes(
            $"Action=AssumeRole&Version=2011-06-15&RoleSessionName=realtime-gateway&RoleArn={Uri.EscapeDataString(roleArn)}");
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") } },
        };
        if (own is not null)
        {
            signer.Sign(request, body, own, "sts", region, time.GetUtcNow());
        }

        using var answer = await http.SendAsync(request, CallTimeout, MaxAnswerBytes, null, body, cancellationToken);
        return answer is { Status: IntegrationStatus.Answered, StatusCode: 200 } ? Read(answer.Body.Span) : null;
    }

    private static Assumed? Read(ReadOnlySpan<byte> xml)
    {
        try
        {
            XNamespace sts = "https://sts.amazonaws.com/doc/2011-06-15/";
            using var reader = XmlReader.Create(
                new StringReader(Encoding.UTF8.GetString(xml)), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XDocument.Load(reader).Descendants(sts + "Credentials").FirstOrDefault() is { } found
                && found.Element(sts + "AccessKeyId")?.Value is { } accessKeyId
                && found.Element(sts + "SecretAccessKey")?.Value is { } secretAccessKey
                && DateTimeOffset.TryParse(
                    found.Element(sts + "Expiration")?.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expiration)
                ? new Assumed(new AwsCredential(accessKeyId, secretAccessKey, found.Element(sts + "SessionToken")?.Value), expiration)
                : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private sealed record Assumed(AwsCredential Credential, DateTimeOffset Expiration);
}
