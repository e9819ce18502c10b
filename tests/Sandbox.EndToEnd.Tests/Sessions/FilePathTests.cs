using System.Net;
using System.Text;

namespace Sandbox.EndToEnd.Tests.Sessions;

/// <summary>Names that are legal and odd, and paths that try to lead where nobody may go.</summary>
public sealed class FilePathTests(SharedServer server) : IAsyncLifetime
{
    private SessionClient _session = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _session = await SessionClient.Open(server.Client, Token);

    public async ValueTask DisposeAsync()
    {
        using var ended = await _session.End(CancellationToken.None);
    }

    [Theory]
    [InlineData(" leading and trailing ")]
    [InlineData("new\nline\ttab")]
    [InlineData("-rf")]
    [InlineData("ü 日本 🙂")]
    [InlineData("%2F %00 %")]
    [InlineData("?query#fragment&a=b;c")]
    [InlineData("back\\slash \"quotes\" 'both' $HOME `id` *")]
    [InlineData("...")]
    [InlineData("files")]
    [InlineData("folder/move")]
    public async Task Name_Odd_IsTheNameThatTheCodeSeesAndBack(string name)
    {
        var content = Encoding.UTF8.GetBytes(name);

        await _session.Write("in/" + name, content, Token);
        var copied = await _session.Run(
            new { code = "import os, sys\nname = sys.stdin.read()\ndata = open('in/' + name, 'rb').read()\nos.makedirs(os.path.dirname('out/' + name), exist_ok=True)\nopen('out/' + name, 'wb').write(data)", stdin = name }, Token);
        var back = await _session.Read("out/" + name, Token);
        var listed = await _session.List("path=out&recursive=true", Token);
        using var moved = await _session.Move(new { from = "out/" + name, to = "-moved" }, Token);

        Assert.Equal("succeeded", copied.Status);
        Assert.Equal(content, back);
        Assert.Contains(name, listed.Items.Select(file => file.Path));
        Assert.Equal(HttpStatusCode.OK, moved.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, await server.Client.Delete(_session.FilePath("in/" + name), Token));
        Assert.Equal(HttpStatusCode.NotFound, await server.Client.StatusOf(_session.FilePath("in/" + name), Token));
    }

    [Fact]
    public async Task Name_EncodedSlash_IsAPlainOne()
    {
        using var answer = await Raw(HttpMethod.Put, "/files/a%2Fb", [1]);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal([1], await _session.Read("a/b", Token));
    }

    [Theory]
    [InlineData("/files/..%2F..%2Fetc%2Fpasswd")]
    [InlineData("/files/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/files/a/..%2F..%2F..%2Fetc/passwd")]
    [InlineData("/files/%2Fworkspace%2F..%2Fetc%2Fpasswd")]
    [InlineData("/files/a%00b")]
    public async Task Path_WithDotsOrNul_IsRefusedAsSuch(string route)
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete])
        {
            using var answer = await Raw(method, route, method == HttpMethod.Put ? [1] : null);
            // A server may take dots away before it routes: then there is no such route.
            Assert.True(
                answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed,
                $"{method} {route}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Token)}");
        }

        Assert.Equal("ready", (await _session.Get(Token)).Status);
    }

    [Theory]
    [InlineData("/files/%ff")]
    [InlineData("/files/a%c3%28")]
    [InlineData("/files/%zz")]
    [InlineData("/files/100%")]
    [InlineData("/files/%ed%a0%80")]
    public async Task Path_ThatIsNoUtf8_IsRefusedAndNamesNoOtherFile(string route)
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete])
        {
            using var answer = await Raw(method, route, method == HttpMethod.Put ? [1] : null);
            Assert.Contains("path", (await SessionClient.ReadAs<Problem>(answer, HttpStatusCode.BadRequest, Token)).Errors!.Keys);
        }

        Assert.Empty((await _session.List("", Token)).Items);
    }

    [Theory]
    [InlineData("/etc/new")]
    [InlineData("/new")]
    [InlineData("/proc/1/environ")]
    [InlineData("/proc/self/mem")]
    [InlineData("/sys/kernel/x")]
    [InlineData("/usr/bin/python3")]
    public async Task Path_OutsideOfWhatTheUserOwns_CannotBeWritten(string path)
    {
        using var answer = await _session.Http.PutAsync(_session.FilePath(path), new ByteArrayContent([1]), Token);

        Assert.True((int)answer.StatusCode is 400 or 403 or 404 or 409, $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync(Token)}");
        Assert.Equal("succeeded", (await _session.Run("1", Token)).Status);
    }

    [Fact]
    public async Task Link_ThatTheCodeMade_IsNeverFollowed()
    {
        await _session.Run(
            "import os\nos.symlink('/etc/passwd', 'file')\nos.symlink('/etc', 'folder')\nos.symlink('/tmp/target', 'out')\nos.symlink('loop', 'loop')\nopen('/tmp/target', 'w').write('kept')", Token);

        foreach (var path in (string[])["file", "folder/passwd", "loop", "out"])
        {
            using var answer = await _session.Http.GetAsync(_session.FilePath(path), Token);
            Assert.True((int)answer.StatusCode is 403 or 404 or 409, $"{path}: {answer.StatusCode}");
        }

        using var through = await _session.Http.PutAsync(_session.FilePath("folder/x"), new ByteArrayContent([1]), Token);
        Assert.True((int)through.StatusCode is 403 or 404 or 409, $"{through.StatusCode}");
        // Writing to the name of a link replaces the link.
        await _session.Write("out", [1], Token);
        Assert.Equal("'kept'", (await _session.Run("open('/tmp/target').read()", Token)).Value);
    }

    [Fact]
    public async Task Pipe_ThatTheCodeMade_IsRefusedInsteadOfWaitedFor()
    {
        await _session.Run("import os\nos.mkfifo('pipe')", Token);

        using var answer = await _session.Http.GetAsync(_session.FilePath("pipe"), Token);

        Assert.Equal("file_conflict", await SessionClient.CodeOf(answer, HttpStatusCode.Conflict, Token));
    }

    [Fact]
    public async Task Path_TooLong_IsRefused()
    {
        foreach (var path in (string[])[new string('n', 256), string.Join('/', Enumerable.Repeat(new string('d', 200), 25))])
        {
            using var answer = await _session.Http.PutAsync(_session.FilePath(path), new ByteArrayContent([1]), Token);
            Assert.Equal("invalid_request", await SessionClient.CodeOf(answer, HttpStatusCode.BadRequest, Token));
        }
    }

    // As it is written, with nothing taken out on the way.
    private async Task<HttpResponseMessage> Raw(HttpMethod method, string route, byte[]? content)
    {
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        Assert.True(Uri.TryCreate($"{_session.Http.BaseAddress!.ToString().TrimEnd('/')}{_session.Path}{route}", options, out var address));
        using var request = new HttpRequestMessage(method, address) { Content = content is null ? null : new ByteArrayContent(content) };
        return await _session.Http.SendAsync(request, Token);
    }
}
