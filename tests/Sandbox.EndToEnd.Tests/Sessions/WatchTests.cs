using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Sessions;

public sealed class WatchTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_FromItsAnswerOn_TellsWhatHappens()
    {
        var session = await SessionClient.Open(server.Client, Token);
        await session.Run("import os; os.makedirs('d/deep')", Token);
        using var answer = await session.Http.GetAsync($"{session.Path}/watch?path=d&recursive=true", HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var body = await answer.Content.ReadAsStreamAsync(Token);

        await session.Run("open('d/deep/new', 'w').write('x')\nos.rename('d/deep/new', 'd/moved')\nos.remove('d/moved')\nos.mkdir('d/last')", Token);
        var seen = new List<(string Kind, string Path)>();
        await foreach (var item in SseParser.Create(body).EnumerateAsync(Token))
        {
            using var change = JsonDocument.Parse(item.Data);
            seen.Add((item.EventType, change.RootElement.GetProperty("path").GetString()!));
            if (seen[^1].Path == "last")
                break;
        }

        Assert.Equal(("created", "deep/new"), seen[0]);
        Assert.Contains(("deleted", "moved"), seen);
        Assert.Contains(seen, change => change is ("moved", "moved") or ("created", "moved"));
        Assert.Equal(("created", "last"), seen[^1]);
    }

    [Fact]
    public async Task Watch_SessionEnds_EndsTheStream()
    {
        var session = await SessionClient.Open(server.Client, Token);
        using var answer = await session.Http.GetAsync($"{session.Path}/watch", HttpCompletionOption.ResponseHeadersRead, Token);
        await using var body = await answer.Content.ReadAsStreamAsync(Token);

        using var ended = await session.End(Token);

        Assert.Empty(await SseParser.Create(body).EnumerateAsync(Token).ToListAsync(Token));
    }

    [Fact]
    public async Task Watch_OfAFile_IsAConflictAndOfNothingNotFound()
    {
        var session = await SessionClient.Open(server.Client, Token);
        await session.Write("x", [1], Token);

        Assert.Equal(HttpStatusCode.Conflict, await server.Client.StatusOf($"{session.Path}/watch?path=x", Token));
        Assert.Equal(HttpStatusCode.NotFound, await server.Client.StatusOf($"{session.Path}/watch?path=nothing", Token));
    }
}
