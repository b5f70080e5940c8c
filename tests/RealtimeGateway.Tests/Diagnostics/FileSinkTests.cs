using System.Text;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Tests.Diagnostics;

public sealed class FileSinkTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-logs-").FullName;

    private string File => Path.Combine(_directory, "a", "b", "access.log");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Append_FileThatIsNotThere_IsMadeWithItsDirectoriesAndClosedToOthers()
    {
        await AppendAsync(new FileSink(File), "one\n");

        Assert.Equal("one\n", await ReadAsync(File));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.None, System.IO.File.GetUnixFileMode(File) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite));
        }
    }

    [Fact]
    public async Task Append_FileThatIsThere_IsContinued()
    {
        await AppendAsync(new FileSink(File), "one\n");
        await AppendAsync(new FileSink(File), "two\n");

        Assert.Equal("one\ntwo\n", await ReadAsync(File));
    }

    [Fact]
    public async Task Append_FileThatWasRotated_GoesToTheNewOne()
    {
        var sink = new FileSink(File);
        await AppendAsync(sink, "one\n");
        System.IO.File.Move(File, File + ".1");
        await AppendAsync(sink, "two\n");
        System.IO.File.Delete(File);
        await AppendAsync(sink, "three\n");

        Assert.Equal("one\n", await ReadAsync(File + ".1"));
        Assert.Equal("three\n", await ReadAsync(File));
    }

    [Fact]
    public async Task Append_PathThatIsADirectory_SaysSoAndWroteNothing()
    {
        Directory.CreateDirectory(File);
        var append = await new FileSink(File).AppendAsync("one\n"u8.ToArray());

        Assert.NotNull(append.Failure);
        Assert.True(append.IsUntouched);
    }

    [Fact]
    public async Task Append_DiskThatIsFull_SaysThatLinesMayBeTorn()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && System.IO.File.Exists("/dev/full"), "Only Linux has a disk that is always full.");
        var append = await new FileSink("/dev/full").AppendAsync("one\n"u8.ToArray());

        Assert.NotNull(append.Failure);
        Assert.False(append.IsUntouched);
    }

    private static async Task AppendAsync(FileSink sink, string lines) =>
        Assert.Equal(AccessLogAppend.Done, await sink.AppendAsync(Encoding.UTF8.GetBytes(lines)));

    private static Task<string> ReadAsync(string path) => System.IO.File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
}
