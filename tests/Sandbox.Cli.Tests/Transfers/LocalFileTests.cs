using Sandbox.Cli.Server;
using Sandbox.Cli.Tests.Testing;
using Sandbox.Cli.Transfers;

namespace Sandbox.Cli.Tests.Transfers;

public sealed class LocalFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task File_ThatAppearsMeanwhile_IsNotReplacedWhereNothingShallBe()
    {
        var error = await Assert.ThrowsAsync<CliException>(() => new LocalFile(At("a"), replaces: false).Write(_ =>
        {
            _folder.Write("a", "mine");
            return Task.CompletedTask;
        }));

        Assert.Contains(At("a"), error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(At("a"), TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task File_WhoseContentFails_IsNotThere_AndTheFailureIsTold()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => new LocalFile(At("a"), replaces: true).Write(static _ => throw new InvalidOperationException()));

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task File_InAFolderThatIsGone_IsToldInWords()
    {
        var folder = Directory.CreateDirectory(At("gone")).FullName;

        await Assert.ThrowsAsync<CliException>(() => new LocalFile(Path.Combine(folder, "a"), replaces: true).Write(_ =>
        {
            Directory.Delete(folder, recursive: true);
            return Task.CompletedTask;
        }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task File_ThatCannotBeMade_IsToldInWords(bool makesFolders)
    {
        _folder.Write("file", "no folder");
        var path = makesFolders ? At("file/a") : At(new string('x', 300));

        await Assert.ThrowsAsync<CliException>(() => new LocalFile(path, replaces: true) { MakesFolders = makesFolders }.Write(static _ => Task.CompletedTask));

        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
