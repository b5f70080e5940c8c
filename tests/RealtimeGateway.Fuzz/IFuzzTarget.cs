namespace RealtimeGateway.Fuzz;

/// <summary>One thing that is fed arbitrary bytes. Any exception is a finding; a rejected input is not.</summary>
internal interface IFuzzTarget
{
    /// <summary>How the command line and the folder under <c>Corpus</c> name it.</summary>
    string Name { get; }

    /// <summary>Meaningful inputs to start from: file name and bytes. The corpus in the repository is made from them.</summary>
    IReadOnlyList<KeyValuePair<string, byte[]>> Seeds { get; }

    /// <summary>Tries one input. Keeps nothing between calls.</summary>
    void Run(ReadOnlySpan<byte> input);
}
