using System.Globalization;
using RealtimeGateway.Fuzz;
using SharpFuzz;

// RealtimeGateway.Fuzz TARGET                       under afl-fuzz, with RealtimeGateway.dll instrumented by `sharpfuzz`
// RealtimeGateway.Fuzz TARGET libfuzzer             under libfuzzer-dotnet, likewise
// RealtimeGateway.Fuzz TARGET replay [DIR]          every file of a folder once; the corpus of the target when none is named
// RealtimeGateway.Fuzz TARGET random SECONDS SEED   mutations of the corpus
// RealtimeGateway.Fuzz TARGET seeds                 writes the target's seeds into its corpus
if (args.Length == 0 || !FuzzTargets.ByName.TryGetValue(args[0], out var target))
{
    Console.Error.WriteLine("Targets: " + string.Join(' ', FuzzTargets.ByName.Keys));
    return 2;
}

var corpus = FuzzTargets.CorpusFolder(target);
switch (args[1..])
{
    case []:
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            target.Run(input.ToArray());
        });
        return 0;
    case ["libfuzzer"]:
        Fuzzer.LibFuzzer.Run(input => target.Run(input));
        return 0;
    case ["replay", .. { Length: <= 1 } folder]:
        return Replay(folder is [var named] ? named : corpus);
    case ["random", var seconds, var seed]:
        return Hunt(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)), int.Parse(seed, CultureInfo.InvariantCulture));
    case ["seeds"]:
        Directory.CreateDirectory(corpus);
        foreach (var (name, bytes) in target.Seeds)
        {
            File.WriteAllBytes(Path.Combine(corpus, name), bytes);
        }

        return 0;
    default:
        Console.Error.WriteLine("Modes: libfuzzer | replay [DIR] | random SECONDS SEED | seeds");
        return 2;
}

int Replay(string folder)
{
    var findings = 0;
    var files = Directory.GetFiles(folder);
    foreach (var file in files)
    {
        findings += Try(File.ReadAllBytes(file), Path.GetFileName(file)) ? 0 : 1;
    }

    Console.WriteLine($"{files.Length} inputs, {findings} findings");
    return findings == 0 && files.Length > 0 ? 0 : 1;
}

int Hunt(TimeSpan duration, int seed)
{
    var mutator = new Mutator([.. Directory.GetFiles(corpus).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)], seed);
    var start = TimeProvider.System.GetTimestamp();
    long count = 0;
    while (TimeProvider.System.GetElapsedTime(start) < duration)
    {
        count++;
        if (!Try(mutator.Next(), $"seed {seed}, input {count}"))
        {
            return 1;
        }
    }

    Console.WriteLine($"{count} inputs, 0 findings");
    return 0;
}

bool Try(byte[] input, string name)
{
    try
    {
        target.Run(input);
        return true;
    }
    // Whatever it is, it is what we are looking for.
    catch (Exception exception)
    {
        Console.Error.WriteLine($"{name}: {exception}\n{Convert.ToHexString(input)}");
        return false;
    }
}
