using System.Buffers;
using System.Globalization;
using System.Text;

namespace RealtimeGateway.Signing;

/// <summary>
/// The canonical URI and query string of a request target as it stands on the wire
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request).
/// </summary>
internal static class CanonicalTarget
{
    /// <summary>Splits a request target (RFC 9112 §3.2, origin or absolute form) at its <c>?</c>. <see langword="false"/> for other forms.</summary>
    public static bool TrySplit(ReadOnlySpan<char> target, out ReadOnlySpan<char> path, out ReadOnlySpan<char> query)
    {
        query = default;
        path = target;
        if (target.IsEmpty || target[0] != '/')
        {
            var scheme = target.IndexOf("://", StringComparison.Ordinal);
            if (scheme <= 0)
            {
                return false;
            }

            var authority = target[(scheme + 3)..];
            var end = authority.IndexOfAny('/', '?');
            path = end < 0 ? default : authority[end..];
        }

        var mark = path.IndexOf('?');
        if (mark >= 0)
        {
            query = path[(mark + 1)..];
            path = path[..mark];
        }

        return true;
    }

    /// <summary>Whether signers disagree about this path: it has empty, <c>.</c> or <c>..</c> segments, which most remove and some keep.</summary>
    public static bool HasOddSegments(ReadOnlySpan<char> path) =>
        path.IndexOf("//", StringComparison.Ordinal) >= 0 || path.IndexOf("/.", StringComparison.Ordinal) >= 0;

    /// <summary>Writes the canonical URI: each character of the path encoded once more, which is right for every service but S3.</summary>
    /// <param name="canonical">Where to write.</param>
    /// <param name="path">The path on the wire, already percent-encoded once.</param>
    /// <param name="keepOddSegments">Whether empty and dot segments stay (RFC 3986 §5.2.4 removes them).</param>
    public static void WritePath(ref CanonicalBuffer canonical, ReadOnlySpan<char> path, bool keepOddSegments = false)
    {
        if (path.IsEmpty)
        {
            canonical.Append((byte)'/');
            return;
        }

        if (!keepOddSegments && HasOddSegments(path))
        {
            path = RemoveOddSegments(path);
        }

        foreach (var rune in path.EnumerateRunes())
        {
            if (rune.Value == '/')
            {
                canonical.Append((byte)'/');
            }
            else
            {
                canonical.AppendEncoded(rune);
            }
        }
    }

    /// <summary>Writes the canonical URI of S3: encoded exactly once, with all its segments.</summary>
    public static void WritePathOnce(ref CanonicalBuffer canonical, ReadOnlySpan<char> path)
    {
        if (path.IsEmpty)
        {
            canonical.Append((byte)'/');
            return;
        }

        foreach (var segment in path.Split('/'))
        {
            if (segment.Start.Value > 0)
            {
                canonical.Append((byte)'/');
            }

            WriteReencoded(ref canonical, path[segment], plusIsSpace: false);
        }
    }

    /// <summary>
    /// Writes the canonical query string: names and values encoded anew (a literal <c>+</c> is a space), absent values empty, empty
    /// parameters left out, sorted by name and then by value.
    /// </summary>
    /// <param name="canonical">Where to write.</param>
    /// <param name="query">The query on the wire, without its question mark.</param>
    /// <param name="except">A parameter to leave out, by its name on the wire; none when empty.</param>
    /// <param name="verbatim">Whether names and values stay as they are on the wire, and are only sorted.</param>
    public static void WriteQuery(ref CanonicalBuffer canonical, ReadOnlySpan<char> query, ReadOnlySpan<char> except = default, bool verbatim = false)
    {
        if (query.IsEmpty)
        {
            return;
        }

        var parts = ArrayPool<Parameter>.Shared.Rent(query.Count('&') + 1);
        var scratch = new CanonicalBuffer(stackalloc byte[512]);
        try
        {
            var count = 0;
            foreach (var range in query.Split('&'))
            {
                var text = query[range];
                var equals = text.IndexOf('=');
                var name = equals < 0 ? text : text[..equals];
                if (text.IsEmpty || (!except.IsEmpty && name.SequenceEqual(except)))
                {
                    continue;
                }

                var start = scratch.Length;
                WriteComponent(ref scratch, name, verbatim);
                var nameEnd = scratch.Length;
                WriteComponent(ref scratch, equals < 0 ? default : text[(equals + 1)..], verbatim);
                parts[count++] = new Parameter(start, nameEnd, scratch.Length);
            }

            WriteSorted(ref canonical, scratch.Written, parts.AsSpan(0, count));
        }
        finally
        {
            scratch.Dispose();
            ArrayPool<Parameter>.Shared.Return(parts);
        }
    }

    private static void WriteComponent(ref CanonicalBuffer buffer, ReadOnlySpan<char> text, bool verbatim)
    {
        if (verbatim)
        {
            buffer.Append(text);
        }
        else
        {
            WriteReencoded(ref buffer, text, plusIsSpace: true);
        }
    }

    private static void WriteSorted(ref CanonicalBuffer canonical, scoped ReadOnlySpan<byte> encoded, Span<Parameter> parts)
    {
        if (parts.Length > 1)
        {
            // The comparison needs the bytes on the heap; requests with several parameters are rare enough to pay for that.
            var bytes = encoded.ToArray();
            parts.Sort((left, right) =>
            {
                var byName = bytes.AsSpan(left.Start..left.NameEnd).SequenceCompareTo(bytes.AsSpan(right.Start..right.NameEnd));
                return byName != 0
                    ? byName
                    : bytes.AsSpan(left.NameEnd..left.End).SequenceCompareTo(bytes.AsSpan(right.NameEnd..right.End));
            });
        }

        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0)
            {
                canonical.Append((byte)'&');
            }

            canonical.Append(encoded[parts[i].Start..parts[i].NameEnd]);
            canonical.Append((byte)'=');
            canonical.Append(encoded[parts[i].NameEnd..parts[i].End]);
        }
    }

    private static void WriteReencoded(ref CanonicalBuffer buffer, ReadOnlySpan<char> text, bool plusIsSpace)
    {
        while (!text.IsEmpty)
        {
            if (text[0] == '%' && text.Length >= 3 && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]))
            {
                buffer.AppendEncoded(byte.Parse(text[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                text = text[3..];
                continue;
            }

            Rune.DecodeFromUtf16(text, out var rune, out var used);
            buffer.AppendEncoded(plusIsSpace && rune.Value == '+' ? new Rune(' ') : rune);
            text = text[used..];
        }
    }

    private static string RemoveOddSegments(ReadOnlySpan<char> path)
    {
        var kept = new List<string>();
        foreach (var range in path.Split('/'))
        {
            switch (path[range])
            {
                case "" or ".":
                    break;
                case "..":
                    if (kept.Count > 0)
                    {
                        kept.RemoveAt(kept.Count - 1);
                    }

                    break;
                case var segment:
                    kept.Add(segment.ToString());
                    break;
            }
        }

        var joined = "/" + string.Join('/', kept);
        return kept.Count > 0 && path[^1] == '/' ? joined + "/" : joined;
    }

    private readonly record struct Parameter(int Start, int NameEnd, int End);
}
