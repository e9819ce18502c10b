using System.Text.Json;
using Sandbox.Cli.Bench;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Bench;

public sealed class BenchTests : IAsyncLifetime
{
    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void Spread_OfTimes_IsByNearestRank()
    {
        var spread = Spread.Of(Enumerable.Range(1, 100).Reverse().Select(i => TimeSpan.FromMilliseconds(i)));

        Assert.Equal(new Spread(1, 50, 95, 99, 100), spread);
        Assert.Equal(new Spread(7, 7, 7, 7, 7), Spread.Of([TimeSpan.FromMilliseconds(7)]));
        Assert.Equal(new Spread(0, 0, 0, 0, 0), Spread.Of([]));
    }

    [Fact]
    public async Task Jobs_ThatFail_AreCountedApart_AndDoNotMakeTheTimes()
    {
        _server.On("POST /v1/jobs", 200, Wires.Job("succeeded")).On("POST /v1/jobs", 200, Wires.Job("failed", "\"cause\":\"exit_code\"")).On("POST /v1/jobs", 200, Wires.Job("succeeded"));

        var result = await CliRun.Against(_server).Run("bench", "jobs", "-n", "4", "--json");

        var found = JsonDocument.Parse(result.Text).RootElement;
        Assert.Equal((125, 1, 4), (result.ExitCode, found.GetProperty("failed").GetInt32(), found.GetProperty("count").GetInt32()));
        Assert.Equal(1, found.GetProperty("failures").GetProperty("failed exit_code").GetInt32());
        Assert.True(found.GetProperty("milliseconds").GetProperty("p99").GetDouble() > 0);
        // One more, which warms up.
        Assert.Equal(5, _server.Requests.Count);
    }

    [Fact]
    public async Task Steps_RunInASessionForEachCaller_WhichAreEndedAfterwards()
    {
        _server.On("POST /v1/sessions", 201, Wires.Session("ready")).On("POST /v1/sessions/ses_1/steps", 200, Wires.Step("succeeded")).On("DELETE /v1/sessions/ses_1", 204, string.Empty);

        var result = await CliRun.Against(_server).Run("bench", "steps", "-n", "10", "-c", "2");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("p50:", result.Text, StringComparison.Ordinal);
        Assert.Equal(2, _server.Requests.Count(request => request.Line == "POST /v1/sessions"));
        Assert.Equal(12, _server.Requests.Count(request => request.Line.Contains("/steps", StringComparison.Ordinal)));
        Assert.Equal(2, _server.Requests.Count(request => request.Line == "DELETE /v1/sessions/ses_1"));
    }

    [Theory]
    [InlineData("-n", "0", "must be from 1")]
    [InlineData("-c", "1000", "must be from 1 to 256")]
    public async Task Numbers_OutOfRange_AreRefusedWithTheRange(string option, string value, string message)
    {
        var result = await CliRun.Against(_server).Run("bench", "jobs", option, value);

        Assert.Equal(125, result.ExitCode);
        Assert.Contains(message, result.ErrorText, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }
}
