using System.Buffers;
using System.Text;
using System.Text.Json;
using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>
/// The state of one run of a template: variables, bounds, output. Reused by its template from run to run, so that a run of a plain
/// template allocates nothing.
/// </summary>
internal sealed class Evaluation
{
    // The clock is read after this much work; a step costs one, each 64 units of text one more.
    private const int WorkPerClockReading = 256;

    // Texts within texts, as of an entry within a JSON list; values that contain themselves would not end.
    private const int MaxTextDepth = 8;

    private readonly object?[] _slots;
    private readonly TemplateOutput _mainOutput;
    private ITemplateVariables? _variables;
    private object? _body;
    private bool _bodyParsed;
    private long _deadline;
    private int _steps;
    private int _work;
    private int _depth;
    private int _textDepth;
    private long _intermediate;
    private int _failedAt;
    private string? _message;

    public Evaluation(TemplateSettings settings, int slots)
    {
        Settings = settings;
        _slots = new object?[slots];
        _mainOutput = new TemplateOutput(this);
        Output = _mainOutput;
    }

    public TemplateSettings Settings { get; }

    public TemplateLimits Limits => Settings.Limits;

    public ITemplateVariables Variables => _variables!;

    public TemplateOutput Output { get; private set; }

    public TemplateFailure Failure { get; private set; }

    public string? Message => _message;

    /// <summary>Where in the text the failure happened.</summary>
    public int FailedAt => _failedAt;

    public bool Failed => Failure != TemplateFailure.None;

    /// <summary>Where evaluation is, for the place in a failure.</summary>
    public int Position { get; set; }

    /// <summary>The innermost running loop.</summary>
    public ForeachScope? Loop { get; set; }

    /// <summary>Set when a template gives <c>$input</c> or its like another meaning; then nothing may be taken for granted.</summary>
    public bool BuiltInsShadowed { get; set; }

    public void Begin(ITemplateVariables variables, IBufferWriter<byte> output)
    {
        _variables = variables;
        _mainOutput.Open(output, Limits.MaxOutputBytes, TemplateFailure.OutputSize);
        Output = _mainOutput;
        var time = Settings.Time;
        _deadline = time.GetTimestamp() + (long)(Limits.MaxTime.TotalSeconds * time.TimestampFrequency);
    }

    public void End()
    {
        Array.Clear(_slots);
        _mainOutput.Close();
        Output = _mainOutput;
        _variables = null;
        _body = null;
        _bodyParsed = false;
        (_steps, _work, _depth, _textDepth, _intermediate, _failedAt, _message) = (0, 0, 0, 0, 0, 0, null);
        Failure = TemplateFailure.None;
        Loop = null;
        BuiltInsShadowed = false;
        Position = 0;
    }

    public object? this[int slot]
    {
        get => _slots[slot];
        set => _slots[slot] = value;
    }

    /// <summary>Ends the evaluation; the first failure stays. Returns null so that it can stand where a value is due.</summary>
    public object? Fail(TemplateFailure failure, string message)
    {
        if (!Failed)
        {
            Failure = failure;
            _message = message;
            _failedAt = Position;
        }

        return null;
    }

    /// <summary>Counts a step. False when the evaluation is over.</summary>
    public bool Step()
    {
        if (++_steps > Limits.MaxSteps)
        {
            Fail(TemplateFailure.Steps, "The template took too many steps");
        }

        return Work(1);
    }

    /// <summary>Counts work that is no step of its own, so that the clock is read in time. False when the evaluation is over.</summary>
    public bool Work(int amount)
    {
        _work += amount;
        if (_work >= WorkPerClockReading)
        {
            _work = 0;
            if (Settings.Time.GetTimestamp() > _deadline)
            {
                Fail(TemplateFailure.Time, "The template took too long");
            }
        }

        return !Failed;
    }

    /// <summary>Asks for room for a text before it is made. False when there is none.</summary>
    public bool ChargeText(long length)
    {
        if (length > Limits.MaxTextLength)
        {
            Fail(TemplateFailure.IntermediateSize, "A text grew past its bound");
            return false;
        }

        return Charge(length);
    }

    /// <summary>Asks for room for entries of lists and maps.</summary>
    public bool ChargeEntries(long count) => Charge(count * 16);

    public bool Enter()
    {
        if (++_depth > Limits.MaxDepth)
        {
            Fail(TemplateFailure.Depth, "Macros or blocks call each other too deeply");
        }

        return !Failed;
    }

    public void Leave() => _depth--;

    /// <summary>Renders to a text instead of the output.</summary>
    public string Capture(Node node)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var before = Output;
        var capture = new TemplateOutput(this);
        capture.Open(buffer, Limits.MaxTextLength, TemplateFailure.IntermediateSize);
        Output = capture;
        node.Render(this);
        Output = before;
        return ChargeText(buffer.WrittenCount) ? Encoding.UTF8.GetString(buffer.WrittenSpan) : "";
    }

    /// <summary>The text of a value as Java prints it.</summary>
    public string ToText(object? value)
    {
        if (value is string text)
        {
            return text;
        }

        if (++_textDepth > MaxTextDepth)
        {
            Fail(TemplateFailure.Depth, "A value is nested too deeply to be printed");
            _textDepth--;
            return "";
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        var capture = new TemplateOutput(this);
        capture.Open(buffer, Limits.MaxTextLength, TemplateFailure.IntermediateSize);
        JavaText.Write(this, value, capture);
        _textDepth--;
        return ChargeText(buffer.WrittenCount) ? Encoding.UTF8.GetString(buffer.WrittenSpan) : "";
    }

    /// <summary>The raw body; an empty one reads as an empty object.</summary>
    public ReadOnlySpan<byte> BodyText => Variables.Body.IsEmpty ? "{}"u8 : Variables.Body.Span;

    /// <summary>The body as a value, parsed when it is first asked for.</summary>
    public object? GetBody()
    {
        if (!_bodyParsed)
        {
            _bodyParsed = true;
            try
            {
                if (!JsonValueReader.TryRead(BodyText, Limits.MaxJsonDepth, Limits.MaxJsonValues, out _body))
                {
                    Fail(TemplateFailure.IntermediateSize, $"The body has more than {Limits.MaxJsonValues} values");
                }
            }
            catch (JsonException e)
            {
                // Utf8JsonReader has no form that answers instead of throwing.
                Fail(TemplateFailure.BodyNotJson, "The body is not JSON: " + e.Message);
            }
        }

        return _body;
    }

    private bool Charge(long amount)
    {
        _intermediate += amount;
        if (_intermediate > Limits.MaxIntermediate)
        {
            Fail(TemplateFailure.IntermediateSize, "The template made too many values");
        }

        return Work((int)Math.Min(amount / 64, WorkPerClockReading));
    }
}
