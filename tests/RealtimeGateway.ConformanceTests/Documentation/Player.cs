using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Documentation;

/// <summary>Plays the lines that a guide tries with a file.</summary>
internal sealed partial class Player(TestGateway gateway, FakeTimeProvider clock) : IDisposable
{
    private readonly List<RawWebSocket> _clients = [];
    private BackendCall? _call;
    private string _path = "";

    private RawWebSocket Client => _clients[^1];

    public async Task PlayAsync(string step)
    {
        var match = Step().Match(step);
        Assert.True(match.Success, $"'{step}' is no step.");
        var rest = match.Groups["rest"].Value;
        await (match.Groups["verb"].Value switch
        {
            "connect" => ConnectAsync(rest),
            "send" => Client.SendTextAsync(rest),
            "receive" => ReceiveAsync(rest),
            "back end answers" => Answer(rest),
            "back end gets header" => CheckHeader(rest),
            "back end gets" => CheckCallAsync(rest),
            "push" => PushAsync(rest),
            "wait" => Wait(rest),
            _ => CheckCloseAsync(rest),
        });
    }

    public void Dispose() => _clients.ForEach(static client => client.Dispose());

    private async Task ConnectAsync(string text)
    {
        var match = Connect().Match(text);
        Assert.True(match.Success, $"'{text}' is no connect.");
        _path = match.Groups["path"].Value;
        var header = match.Groups["header"].Value;
        var client = await RawWebSocket.OpenAsync(gateway.Port);
        _clients.Add(client);
        var isHost = header.StartsWith("Host:", StringComparison.Ordinal);
        var request = RawWebSocket.Request(gateway.Port, _path, header.Length == 0 || isHost ? [] : [header]);
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(isHost ? request.Replace($"Host: 127.0.0.1:{gateway.Port}", header, StringComparison.Ordinal) : request));
        await client.ReadHeadAsync();
        Assert.Equal(match.Groups["status"].Value, client.Status.ToString(CultureInfo.InvariantCulture));
    }

    private async Task ReceiveAsync(string text) => AssertLike(text, await Client.ReadTextAsync());

    private Task Answer(string text)
    {
        var status = int.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);
        gateway.Backend.Answer = _ => Task.FromResult(BackendAnswer.Of(text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..], status));
        return Task.CompletedTask;
    }

    private async Task CheckCallAsync(string text)
    {
        var parts = text.Split(' ', 3);
        _call = await gateway.Backend.NextAsync();
        Assert.Equal($"{parts[0]} {parts[1]}", $"{_call.Method} {_call.RawTarget}");
        AssertLike(parts.Length == 3 ? parts[2] : "", _call.Text.Trim());
    }

    private Task CheckHeader(string text)
    {
        var parts = text.Split(": ", 2);
        AssertLike(parts[1], _call!.Headers[parts[0]].ToString());
        return Task.CompletedTask;
    }

    private async Task PushAsync(string text)
    {
        var parts = text.Split(" → ");
        var id = Uri.EscapeDataString(gateway.TheConnection().Id.ToString());
        using var answer = await gateway.Http.PostAsync(
            $"{_path.Split('?')[0]}/@connections/{id}", new StringContent(parts[0]), TestContext.Current.CancellationToken);
        Assert.Equal(parts[1], ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture));
    }

    private Task Wait(string text)
    {
        var unit = text[^1] == 'm' ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(1);
        gateway.Advance(unit * double.Parse(text[..^1], CultureInfo.InvariantCulture));
        Assert.Same(clock, gateway.Clock);
        return Task.CompletedTask;
    }

    private async Task CheckCloseAsync(string text)
    {
        Assert.Equal(text, (await Client.ReadCloseAsync()).CloseCode.ToString(CultureInfo.InvariantCulture));
        Client.Dispose();
        await gateway.CountAsync(0);
    }

    private static void AssertLike(string pattern, string actual)
    {
        var regex = string.Join(".*", pattern.Split('*').Select(Regex.Escape));
        Assert.True(Regex.IsMatch(actual, $"^{regex}$", RegexOptions.Singleline), $"Expected '{pattern}' but it was '{actual}'.");
    }

    [GeneratedRegex("^(?<verb>connect|send|receive|back end answers|back end gets header|back end gets|push|wait|closed) (?<rest>.*)$")]
    private static partial Regex Step();

    [GeneratedRegex(@"^(?<path>\S+)( with (?<header>.+?))? → (?<status>\d+)$")]
    private static partial Regex Connect();
}
