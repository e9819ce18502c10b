using System.Diagnostics;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Completion;

/// <summary>The script for bash in a bash of its own, which asks the program itself.</summary>
public sealed class BashTests : IAsyncLifetime
{
    private static readonly string Output = AppContext.BaseDirectory.TrimEnd('/');
    private static readonly string Program = Path.GetFullPath(Path.Combine(Output, "../../Sandbox.Cli", Path.GetFileName(Output), "sandbox"));

    private ScriptedServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("sandbox ses", "session")]
    [InlineData("./sandbox jobs c", "cancel")]
    [InlineData("sandbox session exec --lang", "--language")]
    [InlineData("sandbox --color al", "always")]
    [InlineData("sandbox   jobs   ls   --status   ti", "timed_out")]
    [InlineData("sandbox completion p", "pwsh")]
    public async Task Line_IsCompletedByWhatTheProgramKnows(string line, string completion) =>
        Assert.Equal([completion], await Complete(line));

    [Fact]
    public async Task Ids_AreThoseOfTheServer_AndNothingThatAShellWouldTakeForMore()
    {
        _server.On("GET /v1/sessions", 200, """{"items":[{"id":"ses_a","status":"ready"},{"id":"ses_$(touch pwned)","status":"ready"},{"id":"--evil","status":"ready"}]}""")
            .On("GET /v1/sessions", 200, """{"items":[{"id":"ses_b","status":"paused"}]}""");

        Assert.Equal(["ses_a", "ses_b"], await Complete("sandbox session exec ses_"));
        Assert.All(_server.Requests, request => Assert.StartsWith("GET /v1/sessions?limit=50&status=", request.Line, StringComparison.Ordinal));
        Assert.False(File.Exists("pwned"));
    }

    [Fact]
    public async Task Ids_OfAServerThatRefuses_AreNone()
    {
        _server.On("GET /v1/jobs", 503, "{}");

        Assert.Empty(await Complete("sandbox jobs get job_"));
        Assert.Single(_server.Requests);
    }

    private async Task<string[]> Complete(string line)
    {
        // As bash itself calls it: the registered function, the line, its words.
        const string Script = """
            source <("$1" completion bash) || exit 1
            [[ $(complete -p sandbox) == "complete -o default -F _sandbox sandbox" ]] || exit 2
            COMP_LINE=$2 COMP_POINT=${#2}
            read -ra COMP_WORDS <<<"$2"
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _sandbox sandbox
            for item in "${COMPREPLY[@]}"; do printf '%s\n' "$item"; done
            """;
        using var bash = Process.Start(new ProcessStartInfo("bash", ["--norc", "--noprofile", "-c", Script, "bash", Program, line])
        {
            RedirectStandardOutput = true,
            Environment = { ["SANDBOX_URL"] = _server.Url, ["SANDBOX_API_KEY"] = "secret", ["SANDBOX_DATA"] = null, ["SANDBOX_COMPLETION_SECONDS"] = "60" },
        })!;
        var text = await bash.StandardOutput.ReadToEndAsync(Token);
        await bash.WaitForExitAsync(Token);
        Assert.Equal(0, bash.ExitCode);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
