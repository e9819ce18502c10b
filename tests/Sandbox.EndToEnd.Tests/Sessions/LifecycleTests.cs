using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Json;

namespace Sandbox.EndToEnd.Tests.Sessions;

public sealed class LifecycleTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Session_StepAfterStep_KeepsVariablesAndFiles(string isolation)
    {
        var session = await SessionClient.Open(server.Client, Token, new { isolation });

        await session.Run("x = 41\nopen('note', 'w').write('kept')", Token);
        var step = await session.Run("print(open('note').read())\nx + 1", Token);

        Assert.Equal(("succeeded", "kept\n", "42", 2L, "default"), (step.Status, step.Stdout, step.Value, step.Sequence, step.Context));
        var ended = await session.End(Token);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
    }

    [Fact]
    public async Task Session_Made_SaysWhatItIs()
    {
        var session = await SessionClient.Open(
            server.Client, Token, new { ttlSeconds = 100, idleSeconds = 50, onIdle = "pause", env = new Dictionary<string, string> { ["A"] = "b" }, metadata = new { team = "red" } });

        var seen = await session.Get(Token);

        Assert.Equal(("ready", "python", "pause", 50.0, 1), (seen.Status, seen.Language, seen.OnIdle, seen.IdleSeconds, seen.Epoch));
        Assert.Equal("red", seen.Metadata["team"]);
        Assert.Equal(100, (seen.ExpiresAt - seen.CreatedAt).TotalSeconds, precision: 3);
        Assert.Equal("'b'", (await session.Run("import os; os.environ['A']", Token)).Value);
    }

    [Fact]
    public async Task List_ByLabelAndState_HasEndedOnesToo()
    {
        var batch = Guid.NewGuid().ToString("N");
        var sessions = new List<SessionClient>();
        for (var i = 0; i < 3; i++)
            sessions.Add(await SessionClient.Open(server.Client, Token, new { metadata = new { batch } }));
        using var ended = await sessions[0].End(Token);

        var all = await List($"metadata.batch={batch}&limit=2");
        var rest = await List($"metadata.batch={batch}&limit=2&cursor={all.NextCursor}");

        Assert.Equal([sessions[2].Id, sessions[1].Id, sessions[0].Id], all.Items.Concat(rest.Items).Select(session => session.Id));
        Assert.Null(rest.NextCursor);
        Assert.Equal(("terminated", "requested"), (rest.Items[0].Status, rest.Items[0].Cause));
        Assert.NotNull(rest.Items[0].EndedAt);
        Assert.Equal(2, (await List($"metadata.batch={batch}&status=ready")).Items.Count);
        Assert.Equal(sessions[0].Id, Assert.Single((await List($"metadata.batch={batch}&status=terminated")).Items).Id);
    }

    [Fact]
    public async Task End_WhileAStepRuns_EndsItAndAnswers410WithTheCauseFromThenOn()
    {
        var session = await SessionClient.Open(server.Client, Token);
        await session.Run("print('before')", Token);
        var running = await session.Start(new { code = "import time\nprint('on', flush=True)\ntime.sleep(600)" }, Token);
        await session.UntilItPrints(1 + 1, "on", Token);

        using var ended = await session.End(Token);

        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        var step = await session.EndOf(running.Sequence, Token);
        Assert.Equal(("failed", "session_ended", "on\n"), (step.Status, step.Cause, step.Stdout));
        Assert.Equal("before\n", (await session.GetStep(1, Token)).Stdout);
        Assert.Equal(["succeeded", "failed"], (await session.ListSteps("limit=10", Token)).Items.Select(item => item.Status));
        await AssertGone(session, "session_terminated");
    }

    [Fact]
    public async Task End_WhileAFileComesIn_IsWhatTheUploadIsAnsweredWith()
    {
        var session = await SessionClient.Open(server.Client, Token);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        var upload = session.Http.PutAsync(session.FilePath("f"), new StreamContent(pipe.Reader.AsStream()), Token);
        await pipe.Writer.WriteAsync(new byte[1 << 20], Token);

        using var ended = await session.End(Token);
        await pipe.Writer.CompleteAsync();

        using var answer = await upload;
        Assert.Equal("session_terminated", await SessionClient.CodeOf(answer, HttpStatusCode.Gone, Token));
    }

    [Fact]
    public async Task Metadata_Changed_IsFoundByTheNewLabels()
    {
        var batch = Guid.NewGuid().ToString("N");
        var session = await SessionClient.Open(server.Client, Token, new { metadata = new { batch = "old" } });

        using var answer = await session.Http.PatchAsJsonAsync(session.Path, new { metadata = new { batch } }, Token);

        Assert.Equal(batch, (await SessionClient.ReadAs<Session>(answer, HttpStatusCode.OK, Token)).Metadata["batch"]);
        Assert.Equal(session.Id, Assert.Single((await List($"metadata.batch={batch}")).Items).Id);
    }

    [Theory]
    [InlineData("ses_00000000000000000000000000")]
    [InlineData("ses_1")]
    [InlineData("job_00000000000000000000000000")]
    public async Task Session_ThatThereIsNot_IsNotFoundOnEveryRoute(string id)
    {
        var session = new SessionClient(server.Client, id);

        foreach (var (method, route) in RoutesOfLiveSessions.Concat([(HttpMethod.Get, "/steps"), (HttpMethod.Get, "/steps/1"), (HttpMethod.Get, "/steps/1/events")]))
        {
            using var answer = await Ask(session, method, route);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{method} {route}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Request_Invalid_NamesEveryField()
    {
        using var answer = await server.Client.Http.PostAsJsonAsync(
            "/v1/sessions", new { language = "cobol", ttlSeconds = -1, onIdle = "sleep", wrong = 1 }, Token);

        var problem = await SessionClient.ReadAs<Problem>(answer, HttpStatusCode.BadRequest, Token);
        Assert.Equal("invalid_request", problem.Code);
        Assert.Superset(new HashSet<string> { "language", "onIdle", "ttlSeconds", "wrong" }, problem.Errors!.Keys.ToHashSet());
    }

    /// <summary>Routes that an ended session answers with what ended it.</summary>
    internal static (HttpMethod Method, string Route)[] RoutesOfLiveSessions { get; } =
    [
        (HttpMethod.Get, ""), (HttpMethod.Delete, ""), (HttpMethod.Patch, ""), (HttpMethod.Post, "/pause"), (HttpMethod.Post, "/resume"),
        (HttpMethod.Post, "/steps"), (HttpMethod.Post, "/steps/1/interrupt"), (HttpMethod.Get, "/files"), (HttpMethod.Get, "/files/a"),
        (HttpMethod.Put, "/files/a"), (HttpMethod.Delete, "/files/a"), (HttpMethod.Post, "/files/move"), (HttpMethod.Post, "/files/folder"),
        (HttpMethod.Get, "/watch"),
    ];

    internal static async Task AssertGone(SessionClient session, string code)
    {
        foreach (var (method, route) in RoutesOfLiveSessions)
        {
            using var answer = await Ask(session, method, route);
            Assert.Equal(code, await SessionClient.CodeOf(answer, HttpStatusCode.Gone, Token));
        }
    }

    private static async Task<HttpResponseMessage> Ask(SessionClient session, HttpMethod method, string route)
    {
        object? body = (method.Method, route) switch
        {
            ("PATCH", _) => new { ttlSeconds = 60 },
            (_, "/steps") when method == HttpMethod.Post => new { code = "1" },
            (_, "/files/move") => new { from = "a", to = "b" },
            (_, "/files/folder") => new { path = "a" },
            _ => null,
        };
        using var request = new HttpRequestMessage(method, session.Path + route);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        else if (method == HttpMethod.Put)
            request.Content = new ByteArrayContent([1]);
        return await session.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    private async Task<SessionPage> List(string query)
    {
        using var answer = await server.Client.Http.GetAsync($"/v1/sessions?{query}", Token);
        return await SessionClient.ReadAs<SessionPage>(answer, HttpStatusCode.OK, Token);
    }
}
