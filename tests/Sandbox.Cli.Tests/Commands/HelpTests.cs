using System.CommandLine;
using System.Text;
using Sandbox.Cli.Commands;
using Sandbox.Cli.Terminal;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Commands;

/// <summary>Help that teaches, and words that were mistyped.</summary>
public sealed class HelpTests
{
    public static TheoryData<string> CommandLines => [.. Walk(Root(), string.Empty).Select(found => found.Line)];

    [Theory]
    [MemberData(nameof(CommandLines))]
    public async Task Help_OfEveryCommand_DescribesAllOfIt_AndShowsExamples(string line)
    {
        var result = await new CliRun().Run([.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        var command = Walk(Root(), string.Empty).Single(found => found.Line == line).Command;

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Examples:", result.Text, StringComparison.Ordinal);
        Assert.False(string.IsNullOrWhiteSpace(command.Description));
        Assert.All(command.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), option.Name));
        Assert.All(command.Arguments, argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), argument.Name));
    }

    [Fact]
    public async Task Help_AsksNoServer()
    {
        await using var server = await ScriptedServer.Start();

        await CliRun.Against(server).Run("session", "exec", "--help");

        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Help_OfTheRoot_TellsTheExitCodes()
    {
        var text = (await new CliRun().Run("--help")).Text;

        Assert.All(["128+n", "124", "137", "130", "123", "125", "141", "143"], code => Assert.Contains(code, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sesion", "Did you mean: session")]
    [InlineData("jbos", "Did you mean: jobs")]
    public async Task Command_ThatIsMistyped_IsRefusedWithTheNearest(string word, string told)
    {
        var result = await new CliRun().Run(word, "list");

        Assert.Equal(125, result.ExitCode);
        Assert.Equal(string.Empty, result.Text);
        Assert.Contains(word, result.ErrorText, StringComparison.Ordinal);
        Assert.Contains(told, result.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, false, false)]
    [InlineData(null, null, true, true)]
    [InlineData(null, "1", true, false)]
    [InlineData("always", "1", false, true)]
    [InlineData("never", null, true, false)]
    [InlineData("auto", null, true, true)]
    public async Task Colours_AreForTerminals_UnlessToldOtherwise(string? option, string? variable, bool isTerminal, bool coloured)
    {
        await using var server = await ScriptedServer.Start();
        server.On("GET /v1/jobs/job_1", 200, Wires.Job("failed"));
        using var output = new MemoryStream();
        var environment = new Dictionary<string, string> { ["SANDBOX_URL"] = server.Url, ["NO_COLOR"] = variable ?? string.Empty };
        var console = new CliConsole(Stream.Null, output, Stream.Null, environment, outputIsTerminal: isTerminal);

        await CommandTree.Invoke([.. option is null ? [] : (string[])["--color", option], "jobs", "get", "job_1"], console, TestContext.Current.CancellationToken);

        Assert.Equal(coloured, Encoding.UTF8.GetString(output.ToArray()).Contains('\e', StringComparison.Ordinal));
    }

    private static RootCommand Root() => CommandTree.Create(new CliConsole(Stream.Null, Stream.Null, Stream.Null, new Dictionary<string, string>()));

    private static IEnumerable<(string Line, Command Command)> Walk(Command command, string line) =>
        [(line, command), .. command.Subcommands.SelectMany(inner => Walk(inner, $"{line} {inner.Name}".Trim()))];
}
