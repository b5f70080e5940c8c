namespace RealtimeGateway.Configuration.Reading;

/// <summary>Finds what was probably meant by a name with a slip in it.</summary>
internal static class Suggestion
{
    private const int MaxLength = 64;

    /// <summary>The nearest of <paramref name="known"/>, if it is near.</summary>
    public static string? For(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > MaxLength)
        {
            return null;
        }

        var (nearest, distance) = known.Select(candidate => (candidate, Distance(Fold(name), Fold(candidate))))
            .DefaultIfEmpty((null!, int.MaxValue)).MinBy(pair => pair.Item2);
        return distance <= Math.Max(1, name.Length / 3) ? nearest : null;
    }

    // snake_case, kebab-case and other capitals are the commonest slips.
    private static string Fold(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>Insertions, removals, exchanges and swaps of neighbours that lead from one to the other.</summary>
    private static int Distance(string from, string to)
    {
        var rows = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                rows[i, j] = i == 0 ? j : j == 0 ? i : Step(i, j);
            }
        }

        return rows[from.Length, to.Length];

        int Step(int i, int j)
        {
            var best = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
            var isSwap = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            return isSwap ? Math.Min(best, rows[i - 2, j - 2] + 1) : best;
        }
    }
}
