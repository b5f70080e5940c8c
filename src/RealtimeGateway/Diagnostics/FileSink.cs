namespace RealtimeGateway.Diagnostics;

/// <summary>
/// A file that lines are appended to. It is opened anew for each batch, so that a rotated, removed or moved file needs no signal: the next
/// batch goes to whatever has its name.
/// </summary>
internal sealed class FileSink(string path) : IAccessLogSink
{
    private readonly FileStreamOptions _options = AppendOptions();
    private bool _isTorn;

    /// <inheritdoc/>
    public async ValueTask<AccessLogAppend> AppendAsync(ReadOnlyMemory<byte> lines)
    {
        FileStream file;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file = new FileStream(path, _options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new AccessLogAppend(exception.Message, IsUntouched: true);
        }

        try
        {
            await using (file)
            {
                if (_isTorn)
                {
                    // The last line may have ended in its middle; the next must not be glued to it.
                    await file.WriteAsync("\n"u8.ToArray());
                    _isTorn = false;
                }

                await file.WriteAsync(lines);
            }

            return AccessLogAppend.Done;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _isTorn = true;
            return new AccessLogAppend(exception.Message, IsUntouched: false);
        }
    }

    private static FileStreamOptions AppendOptions()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            // Whoever rotates the log may move and remove it meanwhile.
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            // The lines name clients.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        }

        return options;
    }
}
