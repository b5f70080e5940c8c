namespace RealtimeGateway.Server;

/// <summary>What the command line said; <see langword="null"/>: nothing.</summary>
internal sealed record ServerArguments(
    string? File = null, string? DataUrl = null, string? AdminUrl = null, string? DataDirectory = null, string? DrainTime = null, string? Redis = null)
{
    /// <summary>What was said, under the names of the settings.</summary>
    public IEnumerable<KeyValuePair<string, string?>> ToSettings() => new Dictionary<string, string?>
    {
        ["File"] = File,
        ["DataUrl"] = DataUrl,
        ["AdminUrl"] = AdminUrl,
        ["DataDir"] = DataDirectory,
        ["DrainTime"] = DrainTime,
        ["Redis"] = Redis,
    }.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create($"{ServerSettings.Section}:{pair.Key}", pair.Value));
}
