using System.Buffers;

namespace RealtimeGateway.Integrations.Http;

/// <summary>Text from clients in header values.</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !\"#$&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>
    /// The text itself when it is printable ASCII without a percent sign, else percent-encoded UTF-8: nothing a client sends can end the header.
    /// </summary>
    public static string Encode(string text) => text.AsSpan().ContainsAnyExcept(Plain) ? Uri.EscapeDataString(text) : text;
}
