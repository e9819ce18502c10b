using System.Net;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Tests.Sessions;

public sealed class CommandTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly string _path = $"/v1/sessions/{SessionId.New()}";

    private HttpClient Client => fixture.Server.Client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Requests for a command, and the paths that the answer must name, all and no other.</summary>
    public static TheoryData<string, string> WrongCommands => new()
    {
        { "{}", "command shell" },
        { """{"command": ["a"], "shell": "a"}""", "command shell" },
        { """{"command": []}""", "command" },
        { """{"command": "ls"}""", "command" },
        { """{"command": ["a\u0000"]}""", "command[0]" },
        { """{"shell": ""}""", "shell" },
        { """{"shell": "a\u0000"}""", "shell" },
        { """{"shell": "a", "env": {"A=B": "x"}}""", "env.A=B" },
        { """{"shell": "a", "cwd": ""}""", "cwd" },
        { """{"shell": "a", "keepStdinOpen": 1}""", "keepStdinOpen" },
        { """{"shell": "a", "timeoutSeconds": 0}""", "timeoutSeconds" },
        { """{"shell": "a", "context": "b"}""", "context" },
    };

    [Theory]
    [MemberData(nameof(WrongCommands))]
    public async Task Start_Wrong_NamesEveryMemberAtFault(string body, string fields)
    {
        var response = await Client.PostJson($"{_path}/commands", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(fields.Split(' '), (await response.Json()).GetProperty("errors").EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Start_Shell_IsRunByBashAndListed()
    {
        var response = await Client.PostJson($"{_path}/commands", """{"shell": "echo a", "keepStdinOpen": true}""");
        await Client.PostJson($"{_path}/commands", """{"command": ["ls", "-l"]}""");
        var command = await response.Json();
        var first = await (await Client.GetAsync($"{_path}/commands?limit=1", Token)).Json();
        var second = await (await Client.GetAsync($"{_path}/commands?cursor={first.GetProperty("nextCursor").GetString()}", Token)).Json();

        Assert.Equal((HttpStatusCode.Created, $"{_path}/commands/1"), (response.StatusCode, response.Headers.Location!.ToString()));
        Assert.Equal(["bash", "-c", "echo a"], command.GetProperty("command").EnumerateArray().Select(word => word.GetString()));
        Assert.Equal("running", command.GetProperty("status").GetString());
        Assert.Equal(2, second.GetProperty("items")[0].GetProperty("number").GetInt64());
        Assert.False(second.TryGetProperty("nextCursor", out _));
    }

    [Fact]
    public async Task Output_OfARange_IsBytesWithHeadersThatSayWhereTheyAre()
    {
        await Client.PostJson($"{_path}/commands", """{"command": ["0123456789"]}""");

        var response = await Client.GetAsync($"{_path}/commands/1/output?from=2&limit=3&stream=stdout", Token);

        Assert.Equal("234", await response.Content.ReadAsStringAsync(Token));
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(("2", "5", "10", "false", "nosniff"), (Header("Output-Start"), Header("Output-Next"), Header("Output-Total"), Header("Output-Ended"), Header("X-Content-Type-Options")));
        string Header(string name) => response.Headers.GetValues(name).Single();
    }

    [Theory]
    [InlineData("/commands/1/output?from=11", "from")]
    [InlineData("/commands/1/output?from=-1", "from")]
    [InlineData("/commands/1/output?stream=all&limit=0&x=1", "limit stream x")]
    [InlineData("/commands?limit=0", "limit")]
    [InlineData("/terminal?columns=0&rows=5000&terminal=a.b&from=x&shell=", "columns from rows shell terminal")]
    public async Task Get_WithAWrongQuery_NamesIt(string path, string fields)
    {
        await Client.PostJson($"{_path}/commands", """{"command": ["0123456789"]}""");

        var response = await Client.GetAsync(_path + path, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(fields.Split(' '), (await response.Json()).GetProperty("errors").EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("\"SIGTERM\"", "number 15")]
    [InlineData("\"int\"", "number 2")]
    [InlineData("64", "number 64")]
    [InlineData("\"SIGNONE\"", null)]
    [InlineData("0", null)]
    [InlineData("65", null)]
    [InlineData("1.5", null)]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    public async Task Signal_ByNameOrNumber_IsThatOneOrRefused(string signal, string? sent)
    {
        await Client.PostJson($"{_path}/commands", """{"shell": "a"}""");

        var response = await Client.PostJson($"{_path}/commands/1/signal", $$"""{"signal": {{signal}}}""");
        var body = await response.Json();

        Assert.Equal(sent is null ? HttpStatusCode.BadRequest : HttpStatusCode.OK, response.StatusCode);
        if (sent is null)
            Assert.Equal("signal", Assert.Single(body.GetProperty("errors").EnumerateObject()).Name);
        else
            Assert.Equal(sent, body.GetProperty("signal").GetString());
    }

    [Fact]
    public async Task Stdin_OfAnyBytes_IsCountedAndAGapIsRefused()
    {
        var first = await Client.PostAsync($"{_path}/commands/1/stdin?offset=0", new ByteArrayContent(new byte[100_000]), Token);
        var gap = await Client.PostAsync($"{_path}/commands/1/stdin?offset=1000000", new ByteArrayContent([1]), Token);
        var closed = await Client.PostAsync($"{_path}/commands/1/stdin?close=true", null, Token);
        var wrong = await Client.PostAsync($"{_path}/commands/1/stdin?close=maybe", null, Token);

        Assert.Equal(100_000, (await first.Json()).GetProperty("offset").GetInt64());
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Conflict, HttpStatusCode.BadRequest), (gap.StatusCode, closed.StatusCode, wrong.StatusCode));
        Assert.Equal("command_input_closed", (await closed.Json()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Events_OfWhatWasDropped_TellIt()
    {
        await Client.PostJson($"{_path}/commands", """{"command": ["word"]}""");

        var text = await Client.GetStringAsync($"{_path}/commands/1/events", Token);

        Assert.Equal("id: 5\nevent: dropped\ndata: {\"stdout\":3,\"stderr\":0}\n\nid: 6\nevent: stdout\ndata: {\"text\":\"word\"}\n\n", text);
    }

    [Theory]
    [InlineData("GET", "/commands/7")]
    [InlineData("GET", "/commands/x")]
    [InlineData("GET", "/commands/7/output")]
    [InlineData("GET", "/commands/7/events")]
    public async Task Command_ThatIsNone_IsNotFound(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), _path + path);

        Assert.Equal(HttpStatusCode.NotFound, (await Client.SendAsync(request, Token)).StatusCode);
    }

    [Fact]
    public async Task Terminal_WithoutAWebSocket_SaysWhatIsNeeded()
    {
        var response = await Client.GetAsync($"{_path}/terminal", Token);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Equal("upgrade_required", (await response.Json()).GetProperty("code").GetString());
    }
}
