using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V1;

/// <summary>The account's settings (https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateAccount.html).</summary>
internal static class AccountOperations
{
    // Amazon's quotas, which tools expect to read back; the gateway's own rate is set in its configuration.
    private const int BurstLimit = 5000;
    private const double RateLimit = 10_000;

    /// <summary>Get and update.</summary>
    public static IEnumerable<Operation> All =>
    [
        new("GetAccount", HttpMethods.Get, "/account", static (state, _) => Answer(Of(state))),
        new("UpdateAccount", HttpMethods.Patch, "/account", Update),
    ];

    private static Decision Update(ControlPlaneState state, ControlPlaneCall call)
    {
        if (PatchOperation.TryRead(call.Body, out var operations) is { } malformed)
        {
            return malformed;
        }

        var account = Of(state);
        foreach (var operation in operations)
        {
            switch (operation.Path)
            {
                case "/cloudwatchRoleArn":
                    account = account with { CloudwatchRoleArn = operation.TextOrNothing };
                    break;
                case "/features" when operation is { Sets: true, Value: "UsagePlans" }:
                    break;
                default:
                    return operation.InvalidPath();
            }
        }

        return new(Answer(account), [new(AccountResource.Key, account)]);
    }

    private static AccountResource Of(ControlPlaneState state) => state.Find<AccountResource>(AccountResource.Key) ?? new()
    {
        ApiKeyVersion = "4",
        Features = ["UsagePlans"],
        ThrottleSettings = new() { BurstLimit = BurstLimit, RateLimit = RateLimit },
    };

    private static Reply Answer(AccountResource account) => Reply.Of(StatusCodes.Status200OK, account, ResourceJson.Default.AccountResource);
}
