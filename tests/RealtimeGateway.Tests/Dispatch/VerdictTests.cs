using RealtimeGateway.Apis;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Dispatch;
using RealtimeGateway.Integrations;

namespace RealtimeGateway.Tests.Dispatch;

public sealed class VerdictTests
{
    [Theory]
    [InlineData(nameof(IntegrationStatus.Refused), 415, "Unsupported Media Type", nameof(EventFault.Client), "UNSUPPORTED_MEDIA_TYPE")]
    [InlineData(nameof(IntegrationStatus.FunctionFailed), 502, "Internal server error", nameof(EventFault.Execution), "INTEGRATION_FAILURE")]
    [InlineData(nameof(IntegrationStatus.Malformed), 500, "Internal server error", nameof(EventFault.Execution), "INTEGRATION_FAILURE")]
    [InlineData(nameof(IntegrationStatus.Failed), 500, "Internal server error", nameof(EventFault.Execution), "INTEGRATION_FAILURE")]
    [InlineData(nameof(IntegrationStatus.TimedOut), 504, "Endpoint request timed out", nameof(EventFault.Execution), "INTEGRATION_TIMEOUT")]
    public void Of_CallWithoutAnAnswer_IsAnErrorOfTheGateway(string status, int code, string message, string fault, string errorType)
    {
        var verdict = Verdict.Of(IntegrationOutcome.Of(Enum.Parse<IntegrationStatus>(status)), IntegrationType.AwsProxy);

        Assert.Equal(code, verdict.Status);
        Assert.Equal(message, verdict.Error?.Message);
        Assert.Equal(fault, verdict.Fault.ToString());
        Assert.Equal(errorType, verdict.ErrorType);
    }

    [Theory]
    [InlineData(IntegrationType.HttpProxy, 200, nameof(EventFault.None))]
    [InlineData(IntegrationType.HttpProxy, 302, nameof(EventFault.None))]
    [InlineData(IntegrationType.HttpProxy, 404, nameof(EventFault.Integration))]
    [InlineData(IntegrationType.Http, 503, nameof(EventFault.Integration))]
    [InlineData(IntegrationType.AwsProxy, 403, nameof(EventFault.Integration))]
    [InlineData(IntegrationType.AwsProxy, 503, nameof(EventFault.Execution))]
    public void Of_Answer_IsNoErrorOfTheGatewayWhateverItsStatus(IntegrationType type, int status, string fault)
    {
        var verdict = Verdict.Of(new IntegrationOutcome { Status = IntegrationStatus.Answered, StatusCode = status }, type);

        Assert.Equal(status, verdict.Status);
        Assert.Null(verdict.Error);
        Assert.Equal(fault, verdict.Fault.ToString());
    }

    [Fact]
    public void Of_EachStatus_HasAVerdict()
    {
        foreach (var status in Enum.GetValues<IntegrationStatus>().Except([IntegrationStatus.Answered]))
        {
            Assert.NotNull(Verdict.Of(IntegrationOutcome.Of(status), null).Error);
        }
    }
}
