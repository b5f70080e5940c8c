using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace RealtimeGateway.ControlPlane.Wire;

/// <summary>Pages of a list in the order of its ids. A token names the last id of a page, so that changes between pages neither repeat nor skip others.</summary>
internal static class Paging
{
    /// <summary>Most items in one page; also the number when none is asked for.</summary>
    public const int MaxItems = 500;

    /// <summary>Cuts a page out of a list.</summary>
    /// <param name="items">Everything, in ordinal order of the ids.</param>
    /// <param name="id">The id of an item.</param>
    /// <param name="limit">How many are wanted, as the caller wrote it; null: as many as possible.</param>
    /// <param name="token">The token of the page before; null: the first page.</param>
    /// <param name="page">The page and the token for the next; null token: there is none.</param>
    /// <returns>What is wrong with limit or token; null when nothing is.</returns>
    public static ControlPlaneError? TryCut<T>(
        IEnumerable<T> items, Func<T, string> id, string? limit, string? token, out (ImmutableArray<T> Items, string? Next) page)
    {
        page = ([], null);
        var count = MaxItems;
        if (limit is { Length: > 0 }
            && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > MaxItems))
        {
            return ControlPlaneError.BadRequest($"The number of results must be a whole number from 1 to {MaxItems}.");
        }

        if (token is { Length: > 0 })
        {
            if (!TryDecode(token, out var last))
            {
                return ControlPlaneError.BadRequest("Invalid nextToken: use the one of the page before, unchanged.");
            }

            items = items.Where(item => string.CompareOrdinal(id(item), last) > 0);
        }

        ImmutableArray<T> found = [.. items.Take(count + 1)];
        page = found.Length > count ? (found[..count], Encode(id(found[count - 1]))) : (found, null);
        return null;
    }

    private static string Encode(string id) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(id));

    private static bool TryDecode(string token, out string id)
    {
        id = "";
        var bytes = new byte[Base64Url.GetMaxDecodedLength(token.Length)];
        if (!Base64Url.IsValid(token) || !Base64Url.TryDecodeFromChars(token, bytes, out var written))
        {
            return false;
        }

        id = Encoding.UTF8.GetString(bytes.AsSpan(0, written));
        return true;
    }
}
