using System.Text;

namespace Sandbox.EndToEnd.Tests.Jobs;

public sealed class EventTests(SharedServer server)
{
    private const string Chatter =
        "import sys, time\nfor i in range(300):\n    print('out', i, 'ü', flush=True)\n    print('err', i, file=sys.stderr, flush=True)\n    time.sleep(0.005)\n'done'";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Events_ReadLive_GiveEveryByteInOrder(string isolation)
    {
        var job = await server.Client.Submit(new { language = "python", code = Chatter, isolation }, Token);

        var events = await server.Client.Events(job.Id, 0, Token).ToListAsync(Token);

        AssertComplete(events);
        Assert.Equal(events, await server.Client.Events(job.Id, 0, Token).ToListAsync(Token));
        var ended = await server.Client.Get(job.Id, Token);
        Assert.Equal(Encoding.UTF8.GetString(events.Output("stdout")), ended.Stdout);
        Assert.Equal(Encoding.UTF8.GetString(events.Output("stderr")), ended.Stderr);
    }

    [Fact]
    public async Task Events_ReadInShortConnections_GiveEveryEventOnce()
    {
        var job = await server.Client.Submit(new { language = "python", code = Chatter }, Token);

        var events = new List<JobEvent>();
        while (events.Count == 0 || !events[^1].IsEnd)
        {
            var after = events.Count == 0 ? 0 : events[^1].Id;
            await foreach (var item in server.Client.Events(job.Id, after, Token).Take(Random.Shared.Next(1, 20)))
                events.Add(item);
        }

        AssertComplete(events);
        Assert.Equal(events, await server.Client.Events(job.Id, 0, Token).ToListAsync(Token));
    }

    private static void AssertComplete(List<JobEvent> events)
    {
        Assert.Equal(string.Concat(Enumerable.Range(0, 300).Select(i => $"out {i} ü\n")), Encoding.UTF8.GetString(events.Output("stdout")));
        Assert.Equal(string.Concat(Enumerable.Range(0, 300).Select(i => $"err {i}\n")), Encoding.UTF8.GetString(events.Output("stderr")));
        Assert.Equal(events.Select(item => item.Id).Order().Distinct(), events.Select(item => item.Id));
        Assert.Equal("\"done\"", Assert.Single(events, item => item.Kind == "result").Data);
        Assert.Equal("end", events[^1].Kind);
    }
}
