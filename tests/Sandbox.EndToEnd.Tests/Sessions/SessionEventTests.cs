using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Sessions;

/// <summary>The one stream of everything that happens in a session.</summary>
public sealed class SessionEventTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_OfStepsSideBySide_GiveEveryByteOverManyConnections()
    {
        var session = await SessionClient.Open(server.Client, Token);
        foreach (var context in new[] { "a", "b", "c" })
            await session.Start(new { context, code = Chatter(context) }, Token);

        var seen = new List<SessionEvent>();
        while (seen.Count(item => item.IsStepEnd) < 3)
        {
            var enough = seen.Count + Random.Shared.Next(1, 30);
            await foreach (var item in Events(session, seen.LastOrDefault(item => item.Id is not null)?.Id, Token))
            {
                seen.Add(item);
                // The stream of a session that lives on does not end.
                if (seen.Count >= enough || seen.Count(other => other.IsStepEnd) == 3)
                    break;
            }
        }

        for (var step = 1; step <= 3; step++)
            Assert.Equal((await session.EndOf(step, Token)).Stdout, seen.Output(step));
        var numbered = seen.Where(item => item.Id is not null).ToList();
        Assert.Equal("3", numbered[^1].Id);
        Assert.Equal(numbered.Select(item => item.Id).Distinct(), numbered.Select(item => item.Id));
    }

    [Fact]
    public async Task Events_WhileItIsOpen_TellChangesOfTheSessionAndItsEnd()
    {
        var session = await SessionClient.Open(server.Client, Token);
        await session.Run("1", Token);
        await using var events = Events(session, null, Token).GetAsyncEnumerator(Token);
        Assert.Equal(("status", "ready"), await Next(events));

        using var paused = await session.Post("/pause", Token);
        Assert.Equal(HttpStatusCode.OK, paused.StatusCode);
        while (await Next(events) is var next && next != ("status", "paused"))
            Assert.NotEqual("end", next.Kind);
        using var over = await session.End(Token);

        while (await Next(events) is var next && next.Kind != "end")
            Assert.Equal("status", next.Kind);
        Assert.False(await events.MoveNextAsync());
        var again = await Events(session, "1", Token).ToListAsync(Token);
        Assert.Equal("end", Assert.Single(again).Kind);
    }

    private static string Chatter(string name) => $"import time\nfor i in range(200):\n    print('{name}', i, flush=True)\n    time.sleep(0.005)";

    private static async Task<(string Kind, string? Status)> Next(IAsyncEnumerator<SessionEvent> events)
    {
        Assert.True(await events.MoveNextAsync());
        var data = JsonElement.Parse(events.Current.Data);
        return (events.Current.Kind, data.TryGetProperty("status", out var status) ? status.GetString() : null);
    }

    private static async IAsyncEnumerable<SessionEvent> Events(SessionClient session, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, session.Path + "/events");
        if (after is not null)
            request.Headers.Add("Last-Event-ID", after);
        using var answer = await session.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var last = after;
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
        {
            // An event without an id of its own is given the last one by the parser, as the specification says.
            var own = item.EventId == last || string.IsNullOrEmpty(item.EventId) ? null : item.EventId;
            last = item.EventId;
            yield return new SessionEvent(own, item.EventType, item.Data);
        }
    }
}

/// <summary>One event of a session.</summary>
internal sealed record SessionEvent(string? Id, string Kind, string Data)
{
    public bool IsStepEnd => Kind == "step" && JsonElement.Parse(Data).GetProperty("data").GetProperty("status").GetString() != "running";
}

internal static class SessionEvents
{
    /// <summary>Standard output of one step.</summary>
    public static string Output(this IEnumerable<SessionEvent> events, long step) => string.Concat(events
        .Where(item => item.Kind == "stdout")
        .Select(item => JsonElement.Parse(item.Data))
        .Where(data => data.GetProperty("step").GetInt64() == step)
        .Select(data => data.GetProperty("text").GetString()));
}
