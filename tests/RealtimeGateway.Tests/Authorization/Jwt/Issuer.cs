using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace RealtimeGateway.Tests.Authorization.Jwt;

/// <summary>An issuer of tokens with its web site, in memory.</summary>
internal sealed class Issuer : HttpMessageHandler
{
    public const string Name = "https://issuer.example/pool/";

    // Making a key takes longer than all else in these tests; it never changes.
    private static readonly RSA SharedRsa = RSA.Create(2048);
    private static readonly ECDsa SharedCurve = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public RSA Rsa => SharedRsa;

    public ECDsa Curve => SharedCurve;

    public List<string> Requests { get; } = [];

    public Func<string, HttpResponseMessage?> Answer { get; set; } = _ => null;

    public JsonObject Discovery { get; } = new() { ["issuer"] = Name, ["jwks_uri"] = "https://keys.example/jwks.json" };

    public JsonArray Keys { get; } = [];

    public Issuer()
    {
        Keys.Add(RsaKey("rsa", Rsa));
        var point = Curve.ExportParameters(false).Q;
        Keys.Add(new JsonObject { ["kty"] = "EC", ["kid"] = "ec", ["use"] = "sig", ["crv"] = "P-256", ["x"] = Text(point.X!), ["y"] = Text(point.Y!) });
    }

    public static JsonObject RsaKey(string id, RSA rsa)
    {
        var parameters = rsa.ExportParameters(false);
        return new JsonObject
        {
            ["kty"] = "RSA", ["kid"] = id, ["use"] = "sig", ["n"] = Text(parameters.Modulus!), ["e"] = Text(parameters.Exponent!),
        };
    }

    public static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static string Text(JsonObject json) => Text(Encoding.UTF8.GetBytes(json.ToJsonString()));

    public static string Sign(JsonObject header, JsonObject payload, Func<byte[], byte[]> sign)
    {
        var head = Text(header) + "." + Text(payload);
        return head + "." + Text(sign(Encoding.ASCII.GetBytes(head)));
    }

    public byte[] SignRs256(byte[] bytes) => Rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var uri = request.RequestUri!.ToString();
        lock (Requests)
        {
            Requests.Add(uri);
        }

        var answer = Answer(uri) ?? uri switch
        {
            "https://issuer.example/pool/.well-known/openid-configuration" => Ok(Discovery.ToJsonString()),
            "https://keys.example/jwks.json" => Ok(new JsonObject { ["keys"] = Keys.DeepClone() }.ToJsonString()),
            _ => new HttpResponseMessage(HttpStatusCode.NotFound),
        };
        return Task.FromResult(answer);
    }

    public static HttpResponseMessage Ok(string json) => new(HttpStatusCode.OK) { Content = new StringContent(json) };
}
