using System.Globalization;
using System.Text;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration;

/// <summary>Reads the configuration file. All mistakes are told at once, except that a YAML syntax error ends the reading and is told alone.</summary>
internal static class GatewayFile
{
    /// <summary>The largest file, in bytes.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the content of a file, which must be UTF-8.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="fileName">The name for messages.</param>
    /// <param name="environment">Looks a variable up for <c>${env:NAME}</c>. Default: the process's environment.</param>
    public static GatewayFileResult Parse(ReadOnlySpan<byte> content, string fileName, Func<string, string?>? environment = null)
    {
        if (content.Length > MaxBytes)
        {
            return TooBig(fileName);
        }

        try
        {
            return Parse(StrictUtf8.GetString(content), fileName, environment);
        }
        catch (DecoderFallbackException exception)
        {
            var before = Encoding.UTF8.GetString(content[..Math.Clamp(exception.Index, 0, content.Length)]);
            return Refuse(fileName, Place.Of(before, before.Length), "these bytes are not UTF-8; save the file in UTF-8");
        }
    }

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte}, string, Func{string, string?})"/>
    public static GatewayFileResult Parse(string text, string fileName, Func<string, string?>? environment = null)
    {
        if (text.Length > MaxBytes)
        {
            return TooBig(fileName);
        }

        text = text.TrimStart('\uFEFF');
        var mistakes = new MistakeList();
        var root = FileTree.Read(text, new EnvironmentText(environment ?? Environment.GetEnvironmentVariable), mistakes);
        if (root is null && !mistakes.IsEmpty)
        {
            return new(fileName, null, null, mistakes.ToErrors(fileName));
        }

        if (root is null or TextNode { IsNull: true })
        {
            // A file cut to nothing while it is being saved must not end all service.
            return Refuse(fileName, Place.Start, "the file holds nothing; write 'apis: {}' to serve nothing");
        }

        GatewayFileTable.Root.TryRead(root, mistakes, out var configuration);
        return new(fileName, root, mistakes.IsEmpty ? configuration : null, mistakes.ToErrors(fileName));
    }

    private static GatewayFileResult TooBig(string fileName) => Refuse(
        fileName, Place.Start, string.Create(CultureInfo.InvariantCulture, $"the file is larger than {MaxBytes / (1024 * 1024)} MiB; a configuration needs far less"));

    private static GatewayFileResult Refuse(string fileName, Place place, string message)
    {
        var mistakes = new MistakeList();
        mistakes.Add(place, message);
        return new(fileName, null, null, mistakes.ToErrors(fileName));
    }
}
