using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Api.Tests.Jobs;

public sealed class JobEventsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string EndData = """{"status":"succeeded","exitCode":0}""";

    private HttpClient Client => fixture.Server.Client;

    [Fact]
    public async Task Events_EndedJob_AreAllAndTheStreamEnds()
    {
        var (id, script) = fixture.Jobs.Create();
        script.Emit(
            Event(1, "status", """{"status":"running","attempt":1}"""), Event(4, "stdout", "a\nü"), Event(5, "stderr", "b"), Event(6, "result", "[1]"), Event(9, "end", EndData));

        var response = await Client.Get($"/v1/jobs/{id}/events");

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        var events = await response.Events();
        Assert.Equal(["status", "stdout", "stderr", "result", "end"], events.Select(static item => item.EventType));
        Assert.Equal(["1", "4", "5", "6", "9"], events.Select(static item => item.EventId));
        Assert.Equal("""{"text":"a\nü"}""", JsonSerializer.Serialize(JsonDocument.Parse(events[1].Data), new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal(("[1]", EndData), (events[3].Data, events[4].Data));
    }

    [Fact]
    public async Task Events_OfARunningJob_ComeAsTheyHappen()
    {
        var (id, script) = fixture.Jobs.Create();
        script.Emit(Event(1, "stdout", "first"));
        var response = await Client.Get($"/v1/jobs/{id}/events");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal("id: 1", await reader.ReadLineAsync(TestContext.Current.CancellationToken));

        await script.Waiting.Task;
        script.Emit(Event(2, "end", EndData));

        Assert.Contains("event: end", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Events_CutAnywhereAndResumed_GiveEachByteOnce(int seed)
    {
        var random = new Random(seed);
        var (id, script) = fixture.Jobs.Create();
        script.PageBytes = 3000;
        var expected = EmitRandomOutput(script, random);
        var output = new MemoryStream();
        var (last, ended, requests) = (0L, false, 0);

        while (!ended)
        {
            // Both ways to resume, in turns; cut within a line, within an event, within a character.
            var response = requests++ % 2 == 0
                ? await Client.Get($"/v1/jobs/{id}/events", ("Last-Event-ID", $"{last}"))
                : await Client.Get($"/v1/jobs/{id}/events?from={last}");
            var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            var cut = new byte[random.Next(1, 12_000)];
            var length = await stream.ReadAtLeastAsync(cut, cut.Length, throwOnEndOfStream: false, TestContext.Current.CancellationToken);
            response.Dispose();
            foreach (var item in WholeEvents(cut.AsSpan(0, length)))
            {
                Assert.True(item.Id > last);
                last = item.Id;
                ended = item.Kind == "end";
                output.Write(item.Bytes);
            }
        }

        Assert.True(requests > 3);
        Assert.Equal(expected, output.ToArray());
    }

    [Fact]
    public async Task Events_HeaderAndQuery_HeaderWins()
    {
        var (id, script) = fixture.Jobs.Create();
        script.Emit(Event(1, "stdout", "a"), Event(2, "stdout", "b"), Event(3, "end", EndData));

        var events = await (await Client.Get($"/v1/jobs/{id}/events?from=0", ("Last-Event-ID", "2"))).Events();

        Assert.Equal(["3"], events.Select(static item => item.EventId));
    }

    [Fact]
    public async Task Events_AfterTheLast_EndAtOnce()
    {
        var (id, script) = fixture.Jobs.Create();
        script.Emit(Event(1, "end", EndData));

        Assert.Empty(await (await Client.Get($"/v1/jobs/{id}/events?from=1")).Events());
    }

    [Theory]
    [InlineData("from=-1", null, "from")]
    [InlineData("from=x", null, "from")]
    [InlineData("from=", null, "from")]
    [InlineData("from=99999999999999999999", null, "from")]
    [InlineData("from=1&from=2", null, "from")]
    [InlineData("after=1", null, "after")]
    [InlineData("", "abc", "Last-Event-ID")]
    [InlineData("", "-5", "Last-Event-ID")]
    public async Task Events_BadResumption_IsNamed(string query, string? header, string name)
    {
        var (id, _) = fixture.Jobs.Create();

        var response = header is null
            ? await Client.Get($"/v1/jobs/{id}/events?{query}")
            : await Client.Get($"/v1/jobs/{id}/events?{query}", ("Last-Event-ID", header));

        Assert.Equal([name], await response.AssertInvalid());
    }

    [Theory]
    [InlineData("1}\n\nevent: end\ndata: {\"status\":\"succeeded\"}\n\n")]
    [InlineData("[1,\n2,\r\n\r\n3]")]
    [InlineData("\"\r\n\"")]
    public async Task Events_LineBreaksInData_CannotMakeEvents(string result)
    {
        var (id, script) = fixture.Jobs.Create();
        script.Emit(Event(1, "result", result), Event(2, "stdout", result), Event(3, "end", EndData));

        var events = await (await Client.Get($"/v1/jobs/{id}/events")).Events();

        Assert.Equal(["result", "stdout", "end"], events.Select(static item => item.EventType));
        Assert.DoesNotContain('\n', events[0].Data);
        Assert.Equal(result, Encoding.UTF8.GetString(events[1].Output()));
    }

    [Fact]
    public async Task Events_NothingHappens_HeartbeatsEveryFifteenSeconds()
    {
        await using var server = await ApiServer.Start(
            fixture.Cluster, static services => services.AddSingleton<TimeProvider>(new SteppingTime(TimeSpan.FromSeconds(5))));
        var (id, script) = fixture.Jobs.Create();
        script.NeverWaits = true;

        var response = await server.Client.Get($"/v1/jobs/{id}/events");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(": heartbeat", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
            Assert.Equal("", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Events_ClientGone_CancelsTheWaitInTheGrain()
    {
        var (id, script) = fixture.Jobs.Create();
        var response = await Client.Get($"/v1/jobs/{id}/events");
        await script.Waiting.Task;

        response.Dispose();

        await script.WaitCancelled.Task;
    }

    [Fact]
    public async Task Events_ServerStopping_StreamEndsAndStopIsNotHeldUp()
    {
        await using var server = await ApiServer.Start(fixture.Cluster);
        var (id, script) = fixture.Jobs.Create();
        var response = await server.Client.Get($"/v1/jobs/{id}/events");
        await script.Waiting.Task;

        await server.Stop();

        Assert.Empty(await response.Events());
    }

    [Fact]
    public async Task Events_ClusterFaultMidway_EndTheStreamWithoutEndEvent()
    {
        var (id, script) = fixture.Jobs.Create();
        script.Emit(Event(1, "stdout", "a"));
        var response = await Client.Get($"/v1/jobs/{id}/events");
        await script.Waiting.Task;

        script.Fault = static () => new SiloUnavailableException("gone");
        script.Emit(Event(2, "stdout", "b"));

        Assert.Equal(["1"], (await response.Events()).Select(static item => item.EventId));
    }

    [Fact]
    public async Task Events_SlowReader_HoldsOnlyItselfAndLittleMemory()
    {
        var (id, script) = fixture.Jobs.Create();
        script.PageBytes = 64 * 1024;
        var text = Encoding.UTF8.GetBytes(new string('x', 16 * 1024));
        script.Emit([.. Enumerable.Range(1, 1000).Select(i => new OutputEvent(i, "stdout", text))]);
        script.Emit(Event(1001, "end", EndData));
        using var slow = await Client.Get($"/v1/jobs/{id}/events");

        // The whole of 16 MiB goes to another reader while the first one reads nothing.
        var events = await (await Client.Get($"/v1/jobs/{id}/events")).Events();

        Assert.Equal(1001, events.Count);
        lock (script.ReadsAfter)
        {
            Assert.Equal(2, script.ReadsAfter.Count(static after => after == 0));
            // What sockets buffer is the system's choice; the last page is beyond it.
            Assert.Single(script.ReadsAfter, static after => after == 1000);
        }
    }

    [Theory]
    [InlineData("stdout")]
    [InlineData("stderr")]
    public async Task Output_OfAKind_IsItsBytesUnchanged(string kind)
    {
        var (id, script) = fixture.Jobs.Create();
        script.PageBytes = 1000;
        var random = new Random(5);
        var expected = new MemoryStream();
        for (var i = 1; i <= 200; i++)
        {
            var data = new byte[random.Next(0, 300)];
            random.NextBytes(data);
            var mine = random.Next(2) == 0;
            if (mine)
                expected.Write(data);
            script.Emit(new OutputEvent(i * 2, mine ? kind : kind == "stdout" ? "stderr" : "stdout", data));
        }

        var response = await Client.Get($"/v1/jobs/{id}/{kind}");

        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(expected.ToArray(), await response.Bytes());
    }

    private static OutputEvent Event(long id, string kind, string data) => new(id, kind, Encoding.UTF8.GetBytes(data));

    private static byte[] EmitRandomOutput(JobScript script, Random random)
    {
        var whole = new MemoryStream();
        var id = 0L;
        for (var i = 0; i < 300; i++)
        {
            // Text of several bytes a character, cut without regard to characters, and bytes that are no text.
            var data = random.Next(3) == 0
                ? [.. Enumerable.Range(0, random.Next(1, 50)).Select(_ => (byte)random.Next(256))]
                : Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("aü€😀\n\r\"\\\0", random.Next(1, 30))))[random.Next(3)..];
            script.Emit(new OutputEvent(id += random.Next(1, 4), random.Next(2) == 0 ? "stdout" : "stderr", data));
            whole.Write(data);
        }
        script.Emit(Event(id + 1, "end", EndData));
        return whole.ToArray();
    }

    // What a client has taken in when its connection breaks: events up to their empty line, nothing of the rest.
    private static List<(long Id, string Kind, byte[] Bytes)> WholeEvents(ReadOnlySpan<byte> received)
    {
        var end = received.LastIndexOf("\n\n"u8);
        var events = new List<(long, string, byte[])>();
        if (end < 0)
            return events;
        foreach (var text in Encoding.UTF8.GetString(received[..end]).Split("\n\n"))
        {
            var lines = text.Split('\n').Where(static line => line[0] != ':').ToDictionary(static line => line[..line.IndexOf(':')], static line => line[(line.IndexOf(':') + 2)..]);
            var bytes = lines["event"] is "stdout" or "stderr" ? new System.Net.ServerSentEvents.SseItem<string>(lines["data"]).Output() : [];
            events.Add((long.Parse(lines["id"], System.Globalization.CultureInfo.InvariantCulture), lines["event"], bytes));
        }
        return events;
    }
}
