using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.Signing;

namespace RealtimeGateway.ConformanceTests.Harness;

/// <summary>Checks the signature of a call as the AWS service at its other end would.</summary>
internal static class SignedCall
{
    /// <summary>The keys that every test runs with.</summary>
    public static AwsCredential Own { get; } = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null);

    public static SigV4Outcome Verify(BackendCall call, string service, string region, AwsCredential? credential = null)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = call.Method;
        foreach (var (name, values) in call.Headers)
        {
            http.Request.Headers[name] = values;
        }

        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = call.RawTarget;
        var verifier = new SigV4Verifier([credential ?? Own], service, region, TimeProvider.System);
        var outcome = verifier.Begin(http.Request, out var claim);
        return outcome == SigV4Outcome.BodyPending ? verifier.Complete(http.Request, claim, call.Body) : outcome;
    }
}
