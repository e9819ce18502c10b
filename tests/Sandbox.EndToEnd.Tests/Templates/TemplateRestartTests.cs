using System.Formats.Tar;
using System.Net;
using System.Net.Http.Json;
using Sandbox.Testing.Templates;

namespace Sandbox.EndToEnd.Tests.Templates;

/// <summary>Templates and servers that end: what is ready stays so, what was half in is said to be, and nothing is left behind.</summary>
public sealed class TemplateRestartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_AfterAKill_TemplateAndItsSessionGoOn()
    {
        using var data = new DataDirectory();
        SessionClient session;
        await using (var first = await SandboxServer.Start(data, Token))
        {
            await first.Client.Import(SmallRoot.Archive(), "name=small&preloads.python=ahead", Token);
            await first.Client.MakeTemplate(new { name = "derived", from = "small", env = new Dictionary<string, string> { ["A"] = "1" } }, Token);
            session = await SessionClient.Open(first.Client, Token, new { template = "small" });
            await session.Run("x = 41", Token);
            await first.Kill(Token);
        }

        await using var second = await SandboxServer.Start(data, Token);
        session = session.On(second);
        Assert.Equal("42", (await session.Run("x + 1", Token)).Value);
        Assert.Equal("42", (await session.Run(new { code = "import ahead\n42", context = "other" }, Token)).Value);
        var job = await second.Client.Run(new { language = "python", code = "import os\nos.environ['A']", template = "derived" }, Token);
        Assert.Equal("1", job.Result.GetString());
        using (var refused = await second.Client.Http.DeleteAsync("/v1/templates/small", Token))
            Assert.Equal("template_in_use", await SessionClient.CodeOf(refused, HttpStatusCode.Conflict, Token));
        using var ended = await session.End(Token);
        Assert.Equal(HttpStatusCode.NoContent, await second.Client.Delete("/v1/templates/small", Token));
        Assert.Equal(HttpStatusCode.NoContent, await second.Client.Delete("/v1/templates/derived", Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(data.Roots));
    }

    [Fact]
    public async Task Restart_KilledWhileAnArchiveCame_SaysSoAndKeepsNothingOfIt()
    {
        using var data = new DataDirectory();
        await using (var first = await SandboxServer.Start(data, Token))
        {
            using var halted = new HaltedContent(SmallRoot.Archive(python: false));
            var sending = first.Client.Http.PostAsync("/v1/templates?name=half", halted, Token);
            await Eventually.True(async () => await first.Client.StatusOf("/v1/templates/half", Token) == HttpStatusCode.OK, "the template is entered", Token);
            await Eventually.True(() => Task.FromResult(Directory.EnumerateFileSystemEntries(data.Roots).Any()), "its files come in", Token);
            await first.Kill(Token);
            await Assert.ThrowsAnyAsync<Exception>(() => sending);
        }

        await using var second = await SandboxServer.Start(data, Token);
        var template = await second.Client.GetTemplate("half", Token);
        Assert.Equal(("failed", "The server stopped while it came in."), (template.Status, template.Error));
        Assert.Empty(Directory.EnumerateFileSystemEntries(data.Roots));
    }

    [Fact]
    public async Task Restart_FilesWereDamaged_IsNotOffered()
    {
        using var data = new DataDirectory();
        await using (var first = await SandboxServer.Start(data, Token))
        {
            await first.Client.Import(SmallRoot.Archive(python: false), "name=small", Token);
            await first.Stop(Token);
        }

        File.Delete(Path.Combine(Directory.EnumerateDirectories(data.Roots).Single(), "root", "usr", "bin", "cat"));

        await using var second = await SandboxServer.Start(data, Token);
        var template = await second.Client.GetTemplate("small", Token);
        Assert.Equal(("failed", "Its files on the node are gone or damaged."), (template.Status, template.Error));
        // Taken in anew, it is whole again.
        await second.Client.Import(SmallRoot.Archive(python: false), "name=small", Token);
    }

    [Fact]
    public async Task Folder_OfTheHost_OnlyBelowTheAllowedOnes()
    {
        using var data = new DataDirectory();
        var images = Path.Combine(data.Root, "images");
        Directory.CreateDirectory(Path.Combine(images, "small"));
        await TarFile.ExtractToDirectoryAsync(new MemoryStream(SmallRoot.Archive(python: false)), Path.Combine(images, "small"), false, Token);
        await using var server = await SandboxServer.Start(data, Token, ("Sandbox__Templates__LocalFolders__0", images));

        var template = await server.Client.MakeTemplate(new { name = "small", folder = Path.Combine(images, "small") }, Token);

        Assert.Equal(("folder", null), (template.Source, template.From));
        Assert.Equal("42\n", (await server.Client.Run(new { language = "bash", code = "echo $((6 * 7))", template = "small" }, Token)).Stdout);
        using var outside = await server.Client.Http.PostAsJsonAsync("/v1/templates", new { name = "etc", folder = "/etc" }, Token);
        Assert.Equal("template_invalid", await SessionClient.CodeOf(outside, HttpStatusCode.UnprocessableEntity, Token));
    }

    /// <summary>An archive of which most is sent, and the rest never.</summary>
    private sealed class HaltedContent : HttpContent
    {
        private readonly byte[] _archive;

        public HaltedContent(byte[] archive)
        {
            _archive = archive;
            Headers.ContentType = new("application/x-tar");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, Token);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(_archive.AsMemory(0, _archive.Length / 2), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
