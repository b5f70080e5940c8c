using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RealtimeGateway.Load.Suite.Servers;

/// <summary>A certificate for this machine, signed by itself and good for one run.</summary>
/// <param name="File">The certificate as PEM.</param>
/// <param name="KeyFile">Its key as PEM.</param>
internal sealed record Certificate(string File, string KeyFile)
{
    /// <summary>ECDSA on P-256, as most certificates on the Web are.</summary>
    public static Certificate Create(string directory)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7));
        var made = new Certificate(Path.Combine(directory, "certificate.pem"), Path.Combine(directory, "key.pem"));
        System.IO.File.WriteAllText(made.File, certificate.ExportCertificatePem());
        System.IO.File.WriteAllText(made.KeyFile, key.ExportPkcs8PrivateKeyPem());
        return made;
    }
}
