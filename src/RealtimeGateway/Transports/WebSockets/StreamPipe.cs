using System.IO.Pipelines;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>
/// The stream of an accepted handshake as a duplex pipe that holds no buffer while nothing is under way. It can be handed out before the
/// handshake is answered, but not used. (Kestrel gives an upgraded connection as a stream only; its own pipes throw.)
/// </summary>
internal sealed class StreamPipe : IDuplexPipe
{
    private static readonly StreamPipeReaderOptions ReaderOptions = new(bufferSize: 4096, minimumReadSize: 1, leaveOpen: true, useZeroByteReads: true);
    private static readonly StreamPipeWriterOptions WriterOptions = new(minimumBufferSize: 4096, leaveOpen: true);

    private PipeReader? _input;
    private PipeWriter? _output;

    /// <inheritdoc/>
    public PipeReader Input => _input ?? throw NotAnswered();

    /// <inheritdoc/>
    public PipeWriter Output => _output ?? throw NotAnswered();

    /// <summary>Reads from and writes to <paramref name="stream"/> from now on.</summary>
    public void Attach(Stream stream)
    {
        _input = PipeReader.Create(stream, ReaderOptions);
        _output = PipeWriter.Create(stream, WriterOptions);
    }

    private static InvalidOperationException NotAnswered() => new("The handshake has not been answered.");
}
