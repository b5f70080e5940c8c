namespace RealtimeGateway.Server.Connect;

/// <summary>Colours by the numbers of the terminal's own palette, which its user has chosen (ECMA-48 §8.3.117); none where the terminal has none.</summary>
internal sealed class Palette(bool isOn)
{
    public string Bold(string text) => Paint("1", text);

    public string Red(string text) => Paint("31", text);

    public string Green(string text) => Paint("32", text);

    public string Yellow(string text) => Paint("33", text);

    public string Magenta(string text) => Paint("35", text);

    public string Cyan(string text) => Paint("36", text);

    public string Blue(string text) => Paint("94", text);

    public string Grey(string text) => Paint("90", text);

    private string Paint(string code, string text) => isOn && text.Length > 0 ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
