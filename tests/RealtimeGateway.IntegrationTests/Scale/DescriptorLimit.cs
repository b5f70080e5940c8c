using System.Runtime.InteropServices;

namespace RealtimeGateway.IntegrationTests.Scale;

/// <summary>How many files and sockets this process may have open (setrlimit(2)).</summary>
internal static partial class DescriptorLimit
{
    private const int Files = 7;

    /// <summary>Open now.</summary>
    public static int Used => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    /// <summary>Raises the limit as far as the system allows, up to <paramref name="wanted"/>.</summary>
    /// <returns>The limit now.</returns>
    public static int RaiseTo(int wanted)
    {
        Assert.Equal(0, GetLimit(Files, out var limit));
        if (limit.Soft < (ulong)wanted)
        {
            // The hard limit too, which only a privileged process may; else as far as the hard limit goes.
            var raised = new Limit { Soft = (ulong)wanted, Hard = Math.Max(limit.Hard, (ulong)wanted) };
            if (SetLimit(Files, raised) != 0)
            {
                _ = SetLimit(Files, limit with { Soft = Math.Min(limit.Hard, (ulong)wanted) });
            }

            Assert.Equal(0, GetLimit(Files, out limit));
        }

        return (int)Math.Min(limit.Soft, int.MaxValue);
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private record struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
