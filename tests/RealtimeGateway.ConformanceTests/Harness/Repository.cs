using RealtimeGateway.Apis;
using RealtimeGateway.Configuration;

namespace RealtimeGateway.ConformanceTests.Harness;

/// <summary>Files of the repository that tests read.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Reads a configuration; mistakes fail the test with their places.</summary>
    public static GatewayConfiguration Configuration(string text, string name, Func<string, string?> environment)
    {
        var result = GatewayFile.Parse(text, name, environment);
        Assert.True(result.Configuration is not null, string.Join('\n', result.Errors));
        return result.Configuration!;
    }

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "RealtimeGateway.sln")))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException("RealtimeGateway.sln is not above the tests.");
    }
}
