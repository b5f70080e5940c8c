using System.Security;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.Authorization;
using RealtimeGateway.FrontDoor;

namespace RealtimeGateway.ControlPlane;

/// <summary>
/// The one operation of AWS STS that tools call before all others: <c>POST /</c> with <c>Action=GetCallerIdentity</c>, answered in XML
/// (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
/// </summary>
internal sealed class CallerIdentityEndpoint(OperatorCheck operators, GatewayAccess access, CallNames names)
{
    private const string Namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

    /// <summary>Serves one call.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        var (error, key) = await operators.IdentifyAsync(http);
        if (error is not null)
        {
            await WriteErrorAsync(http, error.Status, error.Type, error.Message);
            return;
        }

        var action = http.Request.HasFormContentType ? (await http.Request.ReadFormAsync(http.RequestAborted))["Action"].ToString() : "";
        if (action != "GetCallerIdentity")
        {
            await WriteErrorAsync(http, StatusCodes.Status400BadRequest, "InvalidAction", $"Could not find operation {action} for version 2011-06-15");
            return;
        }

        // Whoever comes without a key of their own is the account itself.
        var (arn, user) = key is null
            ? ($"arn:aws:iam::{access.AccountId}:root", access.AccountId)
            : (access.IdentityOf(key).UserArn, key.AccessKeyId);
        await WriteAsync(http, StatusCodes.Status200OK, $"""
            <GetCallerIdentityResponse xmlns="{Namespace}">
              <GetCallerIdentityResult>
                <Arn>{SecurityElement.Escape(arn)}</Arn>
                <UserId>{SecurityElement.Escape(user)}</UserId>
                <Account>{access.AccountId}</Account>
              </GetCallerIdentityResult>
              <ResponseMetadata>
                <RequestId>{Guid.NewGuid()}</RequestId>
              </ResponseMetadata>
            </GetCallerIdentityResponse>
            """);
    }

    private Task WriteErrorAsync(HttpContext http, int status, string code, string message) => WriteAsync(http, status, $"""
        <ErrorResponse xmlns="{Namespace}">
          <Error>
            <Type>Sender</Type>
            <Code>{code}</Code>
            <Message>{SecurityElement.Escape(message)}</Message>
          </Error>
          <RequestId>{Guid.NewGuid()}</RequestId>
        </ErrorResponse>
        """);

    private async Task WriteAsync(HttpContext http, int status, string xml)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/xml";
        names.AddTo(http);
        await http.Response.WriteAsync(xml, http.RequestAborted);
    }
}
