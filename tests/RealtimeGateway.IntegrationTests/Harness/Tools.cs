namespace RealtimeGateway.IntegrationTests.Harness;

/// <summary>Programs that tests need and that not every machine has.</summary>
internal static class Tools
{
    /// <summary>The path of the first of several programs that is there; without any the test is skipped, and says which.</summary>
    public static string Require(params string[] names)
    {
        var directories = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        var found = names.SelectMany(name => directories.Select(directory => Path.Combine(directory, name))).FirstOrDefault(File.Exists);
        Assert.SkipUnless(found is not null, $"{names[0]} is not installed.");
        return found!;
    }
}
