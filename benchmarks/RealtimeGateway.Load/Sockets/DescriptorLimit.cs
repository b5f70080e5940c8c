namespace RealtimeGateway.Load.Sockets;

/// <summary>RLIMIT_NOFILE of this process. It is only looked at: whoever wants more raises it knowingly.</summary>
internal static unsafe class DescriptorLimit
{
    /// <summary>What the runtime, the console and /proc need beside the sockets.</summary>
    private const int Reserve = 128;

    /// <exception cref="RefusedException">The limit is below what the run needs.</exception>
    public static void Require(int sockets)
    {
        Libc.ResourceLimit limit;
        if (Libc.GetLimit(Libc.ResourceOpenFiles, &limit) == 0 && (ulong)(sockets + Reserve) > limit.Soft)
        {
            throw new RefusedException(
                $"{sockets:N0} sockets need {sockets + Reserve:N0} descriptors; the limit of this process is {limit.Soft:N0} (hard limit {limit.Hard:N0}). " +
                $"Open at most {limit.Soft - Reserve:N0}, or raise it first: ulimit -n {sockets + Reserve}. The server needs as many.");
        }
    }
}
