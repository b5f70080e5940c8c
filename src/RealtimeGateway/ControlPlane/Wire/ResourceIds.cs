using System.Security.Cryptography;

namespace RealtimeGateway.ControlPlane.Wire;

/// <summary>Makes ids of AWS's form: lower-case letters and digits, first a letter, since an API's is a host label.</summary>
internal static class ResourceIds
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private const string All = Letters + "0123456789";

    /// <summary>An API's id: 10 characters.</summary>
    public static string NextApiId() => Next(10);

    /// <summary>The id of anything else: 7 characters.</summary>
    public static string NextId() => Next(7);

    private static string Next(int length) => RandomNumberGenerator.GetString(Letters, 1) + RandomNumberGenerator.GetString(All, length - 1);
}
