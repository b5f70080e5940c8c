using System.Diagnostics;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.ControlPlane;

/// <summary>
/// Terraform with the AWS provider: API keys, usage plans, the account. Needs <c>terraform</c>, and the provider in a filesystem mirror that
/// <c>TF_PLUGIN_MIRROR</c> names.
/// </summary>
public sealed class TerraformKeysTests : IDisposable
{
    private const string Resources = """
        terraform {
          required_providers {
            aws = { source = "hashicorp/aws" }
          }
        }
        provider "aws" {
          region                  = "us-east-1"
          access_key              = "AK"
          secret_key              = "secret"
          skip_metadata_api_check = true
          endpoints {
            apigateway   = "ENDPOINT"
            apigatewayv2 = "ENDPOINT"
            sts          = "ENDPOINT"
          }
        }
        variable "name" { default = "one" }
        variable "limited" { default = true }
        resource "aws_api_gateway_account" "all" {
          cloudwatch_role_arn = "arn:aws:iam::000000000000:role/${var.name}"
        }
        resource "aws_api_gateway_api_key" "client" {
          name        = "key-${var.name}"
          description = "of ${var.name}"
          enabled     = var.limited
          tags        = { who = var.name }
        }
        resource "aws_api_gateway_usage_plan" "free" {
          name         = "plan-${var.name}"
          description  = var.name
          product_code = "code-${var.name}"
          api_stages {
            api_id = "chat"
            stage  = var.limited ? "prod" : "dev"
          }
          dynamic "throttle_settings" {
            for_each = var.limited ? [1] : []
            content {
              burst_limit = 5
              rate_limit  = 2.5
            }
          }
          quota_settings {
            limit  = var.limited ? 20 : 30
            period = var.limited ? "WEEK" : "DAY"
          }
          tags = { who = var.name }
        }
        resource "aws_api_gateway_usage_plan_key" "client" {
          key_id        = aws_api_gateway_api_key.client.id
          key_type      = "API_KEY"
          usage_plan_id = aws_api_gateway_usage_plan.free.id
        }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Terraform_AppliesPlansUpdatesAndDestroys()
    {
        var mirror = Environment.GetEnvironmentVariable("TF_PLUGIN_MIRROR");
        Assert.SkipUnless(Directory.Exists(mirror), "TF_PLUGIN_MIRROR names no directory with the AWS provider");
        var api = new Api { Id = ApiId.Parse("chat"), Stages = [new Stage { Name = "prod" }, new Stage { Name = "dev" }] };
        await using var gateway = await ControlGateway.StartAsync(_directory, new() { Apis = [api] });
        _directory.Write("main.tf", Resources.Replace("ENDPOINT", gateway.Url, StringComparison.Ordinal));
        _directory.Write("cli.tfrc", $"provider_installation {{\n  filesystem_mirror {{\n    path = \"{mirror}\"\n  }}\n}}\n");
        string[] changed = ["-var", "name=two", "-var", "limited=false"];

        await RunAsync(0, "init");
        await RunAsync(0, "apply", "-auto-approve");
        await RunAsync(0, "plan", "-detailed-exitcode");
        Assert.Equal(("plan-one", 2.5, 20L), Plan(gateway));
        await RunAsync(2, ["plan", "-detailed-exitcode", .. changed]);
        await RunAsync(0, ["apply", "-auto-approve", .. changed]);
        await RunAsync(0, ["plan", "-detailed-exitcode", .. changed]);
        Assert.Equal(("plan-two", (double?)null, 30L), Plan(gateway));
        await RunAsync(0, "destroy", "-auto-approve");
        Assert.Empty(gateway.Gateway.Configuration.UsagePlans);
        Assert.Empty(gateway.Gateway.Configuration.ApiKeys);
    }

    /// <summary>The plan as traffic sees it; its stage tells which of the two it is.</summary>
    private static (string Name, double? Rate, long? Quota) Plan(ControlGateway gateway)
    {
        var plan = Assert.Single(gateway.Gateway.Configuration.UsagePlans);
        Assert.Single(plan.Keys);
        return (plan.Stages is ["chat/prod"] ? "plan-one" : "plan-two", plan.RateLimit, plan.QuotaLimit);
    }

    private async Task RunAsync(int expected, params string[] arguments)
    {
        var start = new ProcessStartInfo("terraform", [.. arguments, "-no-color"])
        {
            WorkingDirectory = _directory.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TF_CLI_CONFIG_FILE"] = Path.Combine(_directory.Path, "cli.tfrc");
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["CHECKPOINT_DISABLE"] = "1";
        start.Environment["TF_IN_AUTOMATION"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == expected, $"terraform {string.Join(' ', arguments)}: {process.ExitCode}\n{await output}\n{await error}");
    }
}
