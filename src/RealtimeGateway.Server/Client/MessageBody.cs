using System.Text;

namespace RealtimeGateway.Server.Client;

/// <summary>Where the message of a command comes from.</summary>
internal static class MessageBody
{
    /// <summary>The text given, else the content of the file, else all of the standard input as it is.</summary>
    public static async Task<byte[]> ReadAsync(string? text, FileInfo? file, CancellationToken cancellationToken)
    {
        if (text is not null)
        {
            return file is null ? Encoding.UTF8.GetBytes(text) : throw new CallFailedException("Give the message as TEXT or as --file, not both.");
        }

        if (file is not null)
        {
            return await ReadFileAsync(file.FullName, cancellationToken);
        }

        if (!Console.IsInputRedirected)
        {
            throw new CallFailedException("Give the message as TEXT, as --file, or on the standard input.");
        }

        await using var input = Console.OpenStandardInput();
        using var content = new MemoryStream();
        await input.CopyToAsync(content, cancellationToken);
        return content.ToArray();
    }

    /// <summary>The content of a file.</summary>
    public static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CallFailedException($"{path} cannot be read: {exception.Message}");
        }
    }
}
