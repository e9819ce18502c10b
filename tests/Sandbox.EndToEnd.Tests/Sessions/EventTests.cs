using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Sessions;

public sealed class EventTests(SharedServer server)
{
    private const string Chatter =
        "import sys, time\nfor i in range(300):\n    print('out', i, 'ü', flush=True)\n    print('err', i, file=sys.stderr, flush=True)\n    time.sleep(0.005)\n'done'";

    private const int FloodLines = 100_000;
    private static readonly string Flood = $"import sys\nfor i in range({FloodLines}): sys.stdout.write('%063d\\n' % i)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Events_ReadLive_GiveEveryByteInOrder(string isolation)
    {
        var session = await SessionClient.Open(server.Client, Token, new { isolation });
        var step = await session.Start(new { code = Chatter }, Token);

        var events = await session.Events(step.Sequence, 0, Token).ToListAsync(Token);

        AssertComplete(events);
        Assert.Equal(events, await session.Events(step.Sequence, 0, Token).ToListAsync(Token));
        var ended = await session.EndOf(step.Sequence, Token);
        Assert.Equal(Encoding.UTF8.GetString(events.Output("stdout")), ended.Stdout);
        Assert.Equal(Encoding.UTF8.GetString(events.Output("stderr")), ended.Stderr);
    }

    [Fact]
    public async Task Events_ReadInShortConnections_GiveEveryEventOnce()
    {
        var session = await SessionClient.Open(server.Client, Token);
        var step = await session.Start(new { code = Chatter }, Token);

        var events = new List<JobEvent>();
        while (events.Count == 0 || !events[^1].IsEnd)
        {
            var after = events.Count == 0 ? 0 : events[^1].Id;
            await foreach (var item in session.Events(step.Sequence, after, Token).Take(Random.Shared.Next(1, 20)))
                events.Add(item);
        }

        AssertComplete(events);
        Assert.Equal(events, await session.Events(step.Sequence, 0, Token).ToListAsync(Token));
    }

    [Fact]
    public async Task Step_AskedForAsAStream_IsAnsweredByItsEvents()
    {
        var session = await SessionClient.Open(server.Client, Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, session.Path + "/steps") { Content = JsonContent.Create(new { code = Chatter }) };
        request.Headers.Accept.ParseAdd("text/event-stream");

        using var answer = await session.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        await using var body = await answer.Content.ReadAsStreamAsync(Token);
        var kinds = await SseParser.Create(body).EnumerateAsync(Token).Select(item => item.EventType).ToListAsync(Token);

        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Equal(("status", "end"), (kinds[0], kinds[^1]));
        AssertComplete(await session.Events(1, 0, Token).ToListAsync(Token));
    }

    [Fact]
    public async Task Events_OfRichOutput_AreObjectsOfMimeTypes()
    {
        var session = await SessionClient.Open(server.Client, Token);
        const string code = "class T:\n    def __repr__(self): return 'plain'\n    def _repr_html_(self): return '<b>ü</b>'\nT()";

        var step = await session.Run(code, Token);
        var events = await session.Events(step.Sequence, 0, Token).ToListAsync(Token);

        Assert.Equal("<b>ü</b>", step.Results![step.MainResult!.Value].GetProperty("text/html").GetString());
        Assert.Contains("text/html", Assert.Single(events, item => item.Kind == "result").Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_ReaderThatDoesNotRead_StallsNeitherTheStepNorAnotherReaderAndLosesNothing()
    {
        var session = await SessionClient.Open(server.Client, Token, new { limits = new { outputBytes = 16 << 20 } });
        await session.Run("import os, time\ndef meet():\n    while not os.path.exists('go'): time.sleep(0.01)", Token);
        var step = await session.Start(new { code = "meet()\n" + Flood }, Token);
        using var slow = await OpenRaw(session, step.Sequence);

        await session.Write("go", [], Token);
        var ended = await session.EndOf(step.Sequence, Token);
        var other = await session.Events(step.Sequence, 0, Token).ToListAsync(Token);
        // Meanwhile nothing was read here but the head; now everything is.
        var late = await ReadRaw(slow);

        Assert.Equal("succeeded", ended.Status);
        Assert.Equal(Expected(), Encoding.UTF8.GetString(other.Output("stdout")));
        Assert.Equal(other, late);
    }

    [Fact]
    public async Task Events_ReadersThatVanish_DoNotDisturbTheStep()
    {
        var session = await SessionClient.Open(server.Client, Token, new { limits = new { outputBytes = 16 << 20 } });
        var step = await session.Start(new { code = "import time\nfor i in range(200): print(i, flush=True); time.sleep(0.005)\n" + Flood }, Token);

        // In the middle of an event, and without a goodbye.
        for (var i = 0; i < 20; i++)
        {
            using var reader = await OpenRaw(session, step.Sequence);
            await reader.GetStream().ReadExactlyAsync(new byte[Random.Shared.Next(1, 400)], Token);
            reader.LingerState = new LingerOption(true, 0);
        }

        var ended = await session.EndOf(step.Sequence, Token);
        Assert.Equal("succeeded", ended.Status);
        Assert.True(ended.StdoutTruncated);
        Assert.EndsWith(Expected(), await Whole(session, Assert.Single(ended.Artifacts)), StringComparison.Ordinal);
        Assert.Equal("2", (await session.Run("1 + 1", Token)).Value);
    }

    private static async Task<string> Whole(SessionClient session, Artifact artifact)
    {
        var content = await session.Http.GetStringAsync(artifact.DownloadUrl, Token);
        Assert.Equal(artifact.SizeBytes, Encoding.UTF8.GetByteCount(content));
        return content;
    }

    private static string Expected() => string.Concat(Enumerable.Range(0, FloodLines).Select(i => $"{i:D63}\n"));

    private static void AssertComplete(List<JobEvent> events)
    {
        Assert.Equal(string.Concat(Enumerable.Range(0, 300).Select(i => $"out {i} ü\n")), Encoding.UTF8.GetString(events.Output("stdout")));
        Assert.Equal(string.Concat(Enumerable.Range(0, 300).Select(i => $"err {i}\n")), Encoding.UTF8.GetString(events.Output("stderr")));
        Assert.Equal(events.Select(item => item.Id).Order().Distinct(), events.Select(item => item.Id));
        using var result = JsonDocument.Parse(Assert.Single(events, item => item.Kind == "result").Data);
        Assert.Equal("'done'", result.RootElement.GetProperty("text/plain").GetString());
        Assert.Equal("end", events[^1].Kind);
    }

    // With buffers so small that the server soon cannot send.
    private static async Task<TcpClient> OpenRaw(SessionClient session, long sequence)
    {
        var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(session.Http.BaseAddress!.Host, session.Http.BaseAddress.Port, Token);
        var head = $"GET {session.Path}/steps/{sequence}/events HTTP/1.0\r\nHost: localhost\r\nAuthorization: {session.Http.DefaultRequestHeaders.Authorization}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Token);
        return client;
    }

    private static async Task<List<JobEvent>> ReadRaw(TcpClient client)
    {
        var stream = client.GetStream();
        var head = new List<byte>();
        while (!Encoding.ASCII.GetString([.. head]).EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head.Add((byte)stream.ReadByte());
        Assert.Contains("200 OK", Encoding.ASCII.GetString([.. head]), StringComparison.Ordinal);
        return await SseParser.Create(stream).EnumerateAsync(Token)
            .Where(item => item.EventId is not null)
            .Select(item => new JobEvent(long.Parse(item.EventId!, null), item.EventType, item.Data))
            .ToListAsync(Token);
    }
}
