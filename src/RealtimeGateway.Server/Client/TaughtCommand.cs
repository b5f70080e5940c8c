using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace RealtimeGateway.Server.Client;

/// <summary>A command whose help ends in examples.</summary>
/// <param name="name">As typed.</param>
/// <param name="description">What it does, in a sentence.</param>
/// <param name="examples">One command line each.</param>
internal sealed class TaughtCommand(string name, string description, string examples) : Command(name, description)
{
    /// <summary>Lets <c>--help</c> of the commands below <paramref name="root"/> print their examples.</summary>
    public static void AddExamplesTo(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new Help((HelpAction)help.Action!);
    }

    private void Print(TextWriter output)
    {
        output.WriteLine("Examples:");
        foreach (var line in examples.Split('\n'))
        {
            output.WriteLine($"  {line}");
        }

        output.WriteLine();
    }

    private sealed class Help(HelpAction usual) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var code = usual.Invoke(parseResult);
            if (parseResult.CommandResult.Command is TaughtCommand taught)
            {
                taught.Print(parseResult.InvocationConfiguration.Output);
            }

            return code;
        }
    }
}
