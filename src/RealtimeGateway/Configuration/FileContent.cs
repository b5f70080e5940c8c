using System.Security.Cryptography;

namespace RealtimeGateway.Configuration;

/// <summary>A file as it was at one moment, or why it could not be read.</summary>
internal sealed class FileContent
{
    private FileContent(byte[] bytes, string? problem)
    {
        Bytes = bytes;
        Problem = problem;
        Revision = problem ?? Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
    }

    /// <summary>The content, or its first part when it is larger than a configuration may be.</summary>
    public byte[] Bytes { get; }

    /// <summary>Why there is no content.</summary>
    public string? Problem { get; }

    /// <summary>Equal for equal content.</summary>
    public string Revision { get; }

    /// <summary>Reads a file, no more of it than is needed to see that it is too large.</summary>
    public static FileContent Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            using var content = new MemoryStream();
            var buffer = new byte[32 * 1024];
            while (content.Length <= GatewayFile.MaxBytes && file.Read(buffer) is > 0 and var read)
            {
                content.Write(buffer, 0, read);
            }

            return new(content.ToArray(), problem: null);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return new([], "there is no such file; give the path of the configuration file");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new([], Directory.Exists(path) ? "this is a directory; give the path of the configuration file" : $"the file cannot be read: {exception.Message}");
        }
    }
}
