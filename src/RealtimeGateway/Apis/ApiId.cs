using System.Diagnostics.CodeAnalysis;

namespace RealtimeGateway.Apis;

/// <summary>
/// Names an API. It is a host label and a path segment, so: 1 to 63 of <c>a-z</c>, <c>0-9</c> and <c>-</c>, neither first nor last a hyphen.
/// (Amazon API Gateway makes ids of 10 letters and digits; they fit.)
/// </summary>
public readonly record struct ApiId : IParsable<ApiId>
{
    private readonly string? _value;

    private ApiId(string value) => _value = value;

    /// <summary>Parses an id.</summary>
    /// <exception cref="FormatException">The text is not an id.</exception>
    public static ApiId Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is no API id: use 1 to 63 of a-z, 0-9 and '-'.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ApiId result)
    {
        result = default;
        if (s is not { Length: >= 1 and <= 63 } || s[0] == '-' || s[^1] == '-')
        {
            return false;
        }

        foreach (var c in s)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        result = new ApiId(s);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
