using System.Text;
using System.Text.Json;
using RealtimeGateway.Authorization;
using RealtimeGateway.Dispatch;
using RealtimeGateway.Events;
using RealtimeGateway.Signing;

namespace RealtimeGateway.Tests.Authorization;

public sealed class CallerRefusalTests
{
    [Theory]
    [InlineData((int)SigV4Outcome.MissingAuthenticationToken, "MISSING_AUTHENTICATION_TOKEN")]
    [InlineData((int)SigV4Outcome.InvalidSignature, "INVALID_SIGNATURE")]
    [InlineData((int)SigV4Outcome.IncompleteSignature, "INVALID_SIGNATURE")]
    [InlineData((int)SigV4Outcome.Expired, "INVALID_SIGNATURE")]
    [InlineData((int)SigV4Outcome.UnknownAccessKey, "ACCESS_DENIED")]
    public void ToError_OfASignature_HasItsResponseType(int outcome, string responseType)
    {
        var refusal = CallerRefusal.Of((SigV4Outcome)outcome);

        Assert.Equal((refusal.Message, responseType), (refusal.ToError().Message, refusal.ToError().ResponseType));
    }

    /// <summary>The front door answers, yet log and metrics tell the reason.</summary>
    [Fact]
    public void Verdict_OfARefusedCaller_TellsTheReason()
    {
        var decision = ConnectDecision.Refuse(AuthorizationDecision.Refuse(CallerRefusal.Of(SigV4Outcome.MissingAuthenticationToken)));

        Assert.Null(decision.Error);
        Assert.Equal((403, "Missing Authentication Token", "MISSING_AUTHENTICATION_TOKEN"), (decision.Verdict.Status, decision.Verdict.Error!.Message, decision.Verdict.ErrorType));
    }

    [Fact]
    public void Of_AnyWords_StayJson()
    {
        var frame = ErrorFrame.Of("a \"b\" \\ <c>", "ACCESS_DENIED");
        var bytes = new byte[frame.Length];
        frame.Write(bytes, default, default);

        using var json = JsonDocument.Parse(bytes);
        Assert.Equal("a \"b\" \\ <c>", json.RootElement.GetProperty("message").GetString());
        Assert.Contains("<c>", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    }
}
