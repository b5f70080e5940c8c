using System.IO.Pipelines;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>The stream of an accepted handshake, read as a pipe that holds no buffer while it waits, beside the pipe its response is written to.</summary>
internal sealed class StreamPipe : IDuplexPipe
{
    private static readonly StreamPipeReaderOptions ReaderOptions = new(bufferSize: 4096, minimumReadSize: 1, leaveOpen: true, useZeroByteReads: true);

    private PipeReader? _input;

    /// <summary>Pairs the writer, which must not be used before the handshake is answered, with an input that is not there yet.</summary>
    public StreamPipe(PipeWriter output) => Output = output;

    /// <inheritdoc/>
    public PipeReader Input => _input ?? throw new InvalidOperationException("The handshake has not been answered.");

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>Reads from <paramref name="stream"/> from now on.</summary>
    public void ReadFrom(Stream stream) => _input = PipeReader.Create(stream, ReaderOptions);
}
