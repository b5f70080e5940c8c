using System.ComponentModel;

namespace RealtimeGateway.Load.Sockets;

/// <summary>Names a failed call in the words under which the report counts it.</summary>
internal static class Failure
{
    public static string FromErrno(string call, int errno) => $"{call}: {new Win32Exception(errno).Message}";
}
