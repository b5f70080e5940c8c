using System.Text;
using RealtimeGateway.Server.Connect;

namespace RealtimeGateway.IntegrationTests.Server;

public sealed class LineEditingTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Buffer_Cursor_NeverStandsInsideACharacter()
    {
        var line = new LineBuffer();
        line.Insert("aé😀👨‍👩‍👧z");

        line.MoveLeft();
        line.MoveLeft();
        line.Backspace();
        Assert.Equal("aé👨‍👩‍👧z", line.Text);
        line.Delete();
        Assert.Equal("aéz", line.Text);
        line.MoveHome();
        line.MoveLeft();
        line.Backspace();
        Assert.Equal(("aéz", 0), (line.Text, line.Cursor));
        line.MoveEnd();
        line.MoveRight();
        line.Delete();
        Assert.Equal(("aéz", line.Text.Length), (line.Text, line.Cursor));
    }

    [Fact]
    public void Buffer_Words_AreMovedAndDeleted()
    {
        var line = new LineBuffer();
        line.Set("""{"action": "ping"}""");

        line.MoveWordLeft();
        line.DeleteWord();
        Assert.Equal("""{"ping"}""", line.Text);
        line.MoveWordRight();
        line.DeleteToEnd();
        Assert.Equal("""{"ping""", line.Text);
        line.DeleteToStart();
        Assert.Equal("", line.Text);
    }

    [Fact]
    public void History_UpAndDown_ComesBackToWhatWasBegun()
    {
        var history = new LineHistory(path: null);
        foreach (var line in new[] { "one", "two", "two", "", "three" })
        {
            history.Add(line);
        }

        Assert.Equal(["three", "two", "one", null], new[] { history.Previous("draft"), history.Previous("three"), history.Previous("two"), history.Previous("one") });
        Assert.Equal(["two", "three", "draft", null], new[] { history.Next(), history.Next(), history.Next(), history.Next() });
    }

    [Fact]
    public void History_Saved_IsReadBackAndPrivate()
    {
        var path = Path.Combine(_directory.Path, "below", "history");
        var history = new LineHistory(path);
        for (var i = 0; i < 1100; i++)
        {
            history.Add($"line {i}");
        }

        history.Add("two\nlines \\n and a \\ backslash\r");
        history.Save();

        var read = new LineHistory(path);
        Assert.Equal("two\nlines \\n and a \\ backslash\r", read.Previous(""));
        Assert.Equal("line 1099", read.Previous(""));
        Assert.Equal(1000, File.ReadAllLines(path).Length);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void JsonView_Object_IsIndentedWithItsNumbersAsTheyCame()
    {
        var view = JsonView.Of("""{"a":[1.0,2e3,{}],"b":{"c":null,"d":"x\u001b[31m\u202ey"},"e":[]}"""u8, new Palette(isOn: false));

        Assert.Equal(
            """
            {
              "a": [
                1.0,
                2e3,
                {}
              ],
              "b": {
                "c": null,
                "d": "x\u001B[31m\u202ey"
              },
              "e": []
            }
            """,
            view);
    }

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("12")]
    [InlineData("{\"a\":")]
    [InlineData("hello")]
    [InlineData("")]
    [InlineData("""["\ud800"]""")]
    public void JsonView_NoObjectOrArray_IsNothing(string text)
    {
        Assert.Null(JsonView.Of(Encoding.UTF8.GetBytes(text), new Palette(isOn: true)));
    }

    [Theory]
    [InlineData("{", true)]
    [InlineData(" [1,", true)]
    [InlineData("{\"a\": \"x", true)]
    [InlineData("{}", false)]
    [InlineData("{\"a\":{}}", false)]
    [InlineData("{nonsense", false)]
    [InlineData("text", false)]
    public void JsonView_Unfinished_IsTold(string text, bool isUnfinished)
    {
        Assert.Equal(isUnfinished, JsonView.IsUnfinished(text));
    }
}
