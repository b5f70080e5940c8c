using System.Diagnostics.CodeAnalysis;

namespace RealtimeGateway.Expressions;

/// <summary>
/// The key of an integration response: <c>$default</c>, or a regular expression between slashes such as <c>/4\d\d/</c>
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html).
/// </summary>
/// <remarks>
/// An expression matches anywhere in the value, as its notation suggests; anchors narrow it. One that runs out of time does not match.
/// </remarks>
internal sealed class ResponseKey
{
    private const string Default = "$default";

    private readonly BoundedRegex? _regex;

    private ResponseKey(BoundedRegex? regex) => _regex = regex;

    /// <summary>Whether it is the catch-all, which is asked last.</summary>
    public bool IsDefault => _regex is null;

    /// <summary>Compiles a key.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ResponseKey? key, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        key = null;
        error = null;
        if (text == Default)
        {
            key = new ResponseKey(null);
            return true;
        }

        if (text is not ['/', _, .., '/'])
        {
            error = $@"'{text}' is not an integration response key; use $default or a regular expression between slashes, such as /4\d\d/";
            return false;
        }

        if (!BoundedRegex.TryParse(text[1..^1], out var regex, out error))
        {
            return false;
        }

        key = new ResponseKey(regex);
        return true;
    }

    /// <summary>Whether the key takes what the selection expression gave; <c>$default</c> takes everything.</summary>
    public bool IsMatch(ReadOnlySpan<char> value) => _regex is null || _regex.IsMatch(value) == true;
}
