using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using RealtimeGateway.Fuzz.Frames;

namespace RealtimeGateway.Fuzz;

/// <summary>All targets by name. A new target is one more line here.</summary>
internal static class FuzzTargets
{
    public static readonly FrozenDictionary<string, IFuzzTarget> ByName =
        new IFuzzTarget[] { new FramesTarget() }.ToFrozenDictionary(target => target.Name, StringComparer.Ordinal);

    /// <summary>The folder of a target's corpus in the source tree.</summary>
    public static string CorpusFolder(IFuzzTarget target) => Path.Combine(SourceFolder(), "Corpus", target.Name);

    private static string SourceFolder([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;
}
