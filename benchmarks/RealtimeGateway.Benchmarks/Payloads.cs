using System.Text;

namespace RealtimeGateway.Benchmarks;

/// <summary>Messages of a given size in bytes, shaped as chat clients send them: what selects the route comes first, the text last.</summary>
internal static class Payloads
{
    /// <summary>Only ASCII.</summary>
    public static byte[] Json(int bytes, string action = "sendMessage") => Fill($$"""{"action":"{{action}}","room":"lobby","text":""" + "\"", "\"}", "x", bytes);

    /// <summary>The text is of two-byte characters.</summary>
    public static byte[] JsonNotAscii(int bytes) => Fill("""{"action":"sendMessage","room":"lobby","text":""" + "\"", "\"}", "é", bytes);

    /// <summary>What selects the route lies two objects deep, behind members to be skipped.</summary>
    public static byte[] NestedJson(int bytes) =>
        Fill("""{"meta":{"seq":17,"tags":["a","b"]},"data":{"request":{"type":"sendMessage"}},"text":""" + "\"", "\"}", "x", bytes);

    private static byte[] Fill(string head, string tail, string filler, int bytes)
    {
        var missing = bytes - head.Length - tail.Length;
        var text = new StringBuilder(head);
        for (; missing >= Encoding.UTF8.GetByteCount(filler); missing -= Encoding.UTF8.GetByteCount(filler))
        {
            text.Append(filler);
        }

        return Encoding.UTF8.GetBytes(text.Append(' ', missing).Append(tail).ToString());
    }
}
