using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Sandbox.Cli.Tests.Script;

/// <summary>The script with a stand-in for the server; what it checks of the host is the real host.</summary>
public sealed class SandboxScriptTests : IDisposable
{
    private readonly FakeClone _clone = new();

    public void Dispose() => _clone.Dispose();

    [Theory]
    [InlineData("'x' is not a port", "up", "--port", "x")]
    [InlineData("'70000' is not a port", "up", "--port=70000")]
    [InlineData("--port needs a number", "up", "--port")]
    [InlineData("--data needs a folder", "up", "--data")]
    [InlineData("up does not know '--what'", "up", "--what")]
    [InlineData("'9' is not a number of members: 1 to 8", "up", "--detach", "--members", "9")]
    [InlineData("--members needs --detach", "up", "--members", "2")]
    [InlineData("down does not know 'now'", "down", "now")]
    [InlineData("test takes no arguments", "test", "--fast")]
    public async Task Script_BadArguments_AreExplained(string message, params string[] arguments)
    {
        var result = await _clone.Run(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_NeedsNothing()
    {
        var result = await _clone.Run("help");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("./sandbox up [--detach]", result.Output, StringComparison.Ordinal);
        Assert.Empty(_clone.Publishes);
    }

    [Fact]
    public async Task UpAndDown_Detached_StartOnceAndStop()
    {
        var up = await _clone.Run("up", "--detach", "--port", "0");
        Assert.True(up.ExitCode == 0, up.Errors);
        Assert.Contains("Sandbox is up at http://127.0.0.1:", up.Errors, StringComparison.Ordinal);
        var started = Assert.Single(_clone.Starts).Split(' ');
        Assert.EndsWith("/artifacts/publish/agent", started[1], StringComparison.Ordinal);
        Assert.EndsWith("/artifacts/publish/api", started[2], StringComparison.Ordinal);
        Assert.Contains("fake server starts", await ReadData("server.log"), StringComparison.Ordinal);

        var again = await _clone.Run("up", "--detach", "--port", "0");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("up already", again.Errors, StringComparison.Ordinal);
        Assert.Single(_clone.Starts);

        var down = await _clone.Run("down");
        Assert.Equal((0, "Stopped.\n"), (down.ExitCode, down.Errors));
        Assert.False(File.Exists(Path.Combine(_clone.Data, "server.json")));

        var none = await _clone.Run("down");
        Assert.Equal(0, none.ExitCode);
        Assert.Contains("No server is up", none.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UpAndDown_WithMembers_ShareThePortAndStartAnewWhatHasDied()
    {
        var up = await _clone.Run("up", "--detach", "--port", "0", "--members", "2");
        Assert.True(up.ExitCode == 0, up.Errors);
        var urls = await Task.WhenAll(UrlOf("server.json"), UrlOf("server-2.json"));
        Assert.Equal(urls[0], urls[1]);

        var other = await _clone.Run("up", "--detach", "--members", "3");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("is up with 2 member(s)", other.Errors, StringComparison.Ordinal);

        using (var first = Process.GetProcessById(int.Parse(_clone.Starts[0].Split(' ')[0], CultureInfo.InvariantCulture)))
        {
            first.Kill();
            await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var again = await _clone.Run("up", "--detach");
        Assert.True(again.ExitCode == 0, again.Errors);
        Assert.Equal(urls[0], await UrlOf("server.json"));
        Assert.Equal(3, _clone.Starts.Length);

        var down = await _clone.Run("down");
        Assert.Equal((0, "Stopped.\n"), (down.ExitCode, down.Errors));
        Assert.Empty(Directory.EnumerateFiles(_clone.Data, "server*.json"));
    }

    [Fact]
    public async Task Up_TwiceAtOnce_StartsOneServer()
    {
        var both = await Task.WhenAll(_clone.Run("up", "--detach", "--port", "0"), _clone.Run("up", "--detach", "--port", "0"));

        Assert.All(both, r => Assert.True(r.ExitCode == 0, r.Errors));
        Assert.Single(_clone.Starts);
        Assert.Equal(3, _clone.Publishes.Length);
    }

    [Fact]
    public async Task Up_ServerDiesWhileStarting_ShowsItsLogAndFails()
    {
        _clone.Environment["FAKE_SERVER"] = "dies";

        var result = await _clone.Run("up", "--detach", "--port", "0");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no database here", result.Errors, StringComparison.Ordinal);
        Assert.Contains("the server ended while starting", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_PortTaken_IsAClearError()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var result = await _clone.Run("up", "--detach", "--port", port.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"port {port} is in use", result.Errors, StringComparison.Ordinal);
        Assert.Empty(_clone.Starts);
    }

    [Fact]
    public async Task Down_ProcessIdNowOfAnotherProgram_LeavesThatProgramAlone()
    {
        using var innocent = Process.Start("sleep", "600");
        try
        {
            Directory.CreateDirectory(_clone.Data);
            await WriteServerFile(innocent.Id);
            await using var held = new FileStream(Path.Combine(_clone.Data, "server.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

            var result = await _clone.Run("down");

            Assert.Equal(0, result.ExitCode);
            Assert.Contains("No server is up", result.Errors, StringComparison.Ordinal);
            Assert.False(innocent.HasExited);
        }
        finally
        {
            innocent.Kill();
        }
    }

    [Fact]
    public async Task Down_ServerOfAnotherDataFolder_LeavesItAlone()
    {
        await _clone.Run("up", "--detach", "--port", "0");
        var id = int.Parse(_clone.Starts[0].Split(' ')[0], CultureInfo.InvariantCulture);
        var other = Path.Combine(_clone.Data, "other");
        Directory.CreateDirectory(other);
        File.Copy(Path.Combine(_clone.Data, "server.json"), Path.Combine(other, "server.json"));
        await File.WriteAllTextAsync(Path.Combine(other, "server.lock"), "", TestContext.Current.CancellationToken);

        var result = await _clone.Run("down", "--data", other);

        Assert.Contains("No server is up", result.Errors, StringComparison.Ordinal);
        Assert.True(Directory.Exists($"/proc/{id}"));
    }

    [Fact]
    public async Task Run_NoServerUp_StartsOneAndHandsOverToTheClient()
    {
        var first = await _clone.Run("run", "a b.py", "--", "--data", "x");
        var second = await _clone.Run("run", "a b.py");

        Assert.Equal((7, $"client run a b.py -- --data x data={_clone.Data}\n"), (first.ExitCode, first.Output));
        Assert.Equal((7, string.Empty), (second.ExitCode, second.Errors));
        Assert.Single(_clone.Starts);
    }

    [Theory]
    [InlineData("run", "--help")]
    [InlineData("jobs", "list")]
    public async Task Client_CommandsThatNeedNoServer_StartNone(params string[] arguments)
    {
        var result = await _clone.Run(arguments);

        Assert.Equal(7, result.ExitCode);
        Assert.Empty(_clone.Starts);
        Assert.Equal(["Sandbox.Cli"], _clone.Publishes);
    }

    [Fact]
    public async Task Run_ServerNamedByTheEnvironment_StartsNone()
    {
        _clone.Environment["SANDBOX_URL"] = "http://127.0.0.1:9";

        var result = await _clone.Run("run", "a.py");

        Assert.Equal(7, result.ExitCode);
        Assert.Empty(_clone.Starts);
    }

    [Fact]
    public async Task Build_HappensWhenASourceChangedAndOnlyThen()
    {
        await _clone.Run("up", "--detach", "--port", "0");
        await _clone.Run("down");
        Assert.Equal(["Sandbox.Agent", "Sandbox.Api", "Sandbox.Cli"], _clone.Publishes.Order());

        await _clone.Run("up", "--detach", "--port", "0");
        await _clone.Run("down");
        Assert.Equal(3, _clone.Publishes.Length);

        _clone.Write("src/Sandbox.Silo/Program.cs", "// another");
        await _clone.Run("up", "--detach", "--port", "0");
        Assert.Equal("Sandbox.Api", _clone.Publishes[^1]);
        Assert.Equal(4, _clone.Publishes.Length);
    }

    [Fact]
    public async Task Build_Fails_ShowsTheLogAndStops()
    {
        _clone.Environment["FAKE_BUILD_FAILS"] = "1";

        var result = await _clone.Run("up", "--detach", "--port", "0");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("it does not compile", result.Errors, StringComparison.Ordinal);
        Assert.Empty(_clone.Starts);
    }

    private async Task<string> UrlOf(string name)
    {
        using var server = JsonDocument.Parse(await ReadData(name));
        return server.RootElement.GetProperty("url").GetString()!;
    }

    private Task<string> ReadData(string name) =>
        File.ReadAllTextAsync(Path.Combine(_clone.Data, name), TestContext.Current.CancellationToken);

    private Task WriteServerFile(int id) => File.WriteAllTextAsync(
        Path.Combine(_clone.Data, "server.json"),
        JsonSerializer.Serialize(new { url = "http://127.0.0.1:9", pid = id }),
        TestContext.Current.CancellationToken);
}
