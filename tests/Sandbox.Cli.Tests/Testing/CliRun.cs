using System.Text;
using Sandbox.Cli.Commands;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Tests.Testing;

/// <summary>What a command line left behind.</summary>
internal sealed record CliResult(int ExitCode, byte[] Output, byte[] Errors)
{
    public string Text => Encoding.UTF8.GetString(Output);

    public string ErrorText => Encoding.UTF8.GetString(Errors);
}

/// <summary>Runs command lines in this process, on streams of memory.</summary>
internal sealed class CliRun
{
    public Dictionary<string, string> Environment { get; } = [];

    public byte[] Input { get; init; } = [];

    public Stream Output { get; init; } = new MemoryStream();

    public CancellationToken Interrupted { get; init; } = TestContext.Current.CancellationToken;

    public static CliRun Against(ScriptedServer server) => new() { Environment = { ["SANDBOX_URL"] = server.Url, ["SANDBOX_API_KEY"] = "secret" } };

    public async Task<CliResult> Run(params string[] arguments)
    {
        var errors = new MemoryStream();
        var console = new CliConsole(new MemoryStream(Input), Output, errors, Environment) { Time = new HastyTime() };
        var exitCode = await CommandTree.Invoke(arguments, console, Interrupted);
        return new CliResult(exitCode, (Output as MemoryStream)?.ToArray() ?? [], errors.ToArray());
    }
}
