using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace RealtimeGateway.Server.Client;

/// <summary>What a command prints: tables for people, one JSON object a line for programs.</summary>
internal sealed class ClientOutput(bool asJson)
{
    private const int MaxWidth = 10_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Prints rows.</summary>
    /// <param name="rows">What is listed; JSON prints it whole.</param>
    /// <param name="columns">The columns of the table.</param>
    public void Rows<T>(IReadOnlyCollection<T> rows, params (string Title, Func<T, string> Cell)[] columns)
    {
        if (asJson)
        {
            foreach (var row in rows)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(row, Json));
            }

            return;
        }

        if (Console.IsOutputRedirected)
        {
            // For cut and awk: no frame, no title, nothing wrapped.
            foreach (var row in rows)
            {
                Console.Out.WriteLine(string.Join('\t', columns.Select(column => Printable.OneLine(column.Cell(row)))));
            }

            return;
        }

        var table = new Table { Border = TableBorder.None, ShowRowSeparators = false };
        foreach (var (title, _) in columns)
        {
            table.AddColumn(new TableColumn(new Markup($"[bold]{Markup.Escape(title)}[/]")) { NoWrap = true });
        }

        foreach (var row in rows)
        {
            table.AddRow(columns.Select(column => new Text(Printable.OneLine(column.Cell(row)))));
        }

        // As wide as it is: an id that is broken over lines cannot be copied, and a terminal breaks lines that are too long by itself.
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        console.Profile.Width = MaxWidth;
        console.Write(table);
    }

    /// <summary>A remark to people; programs do not see it.</summary>
    public void Note(string text)
    {
        if (!asJson)
        {
            Console.Error.WriteLine(text);
        }
    }

    /// <summary>Prints text as it is, with a line break at its end.</summary>
    public static void Raw(string text) => Console.Out.Write(text.EndsWith('\n') ? text : $"{text}\n");
}
