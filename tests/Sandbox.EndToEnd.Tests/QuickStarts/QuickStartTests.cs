using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.QuickStarts;

/// <summary>The first steps of the README by each door that needs no client of others.</summary>
public sealed class QuickStartTests(SharedServer shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OverHttp_AnswersAsItIsPrinted()
    {
        var job = JsonElement.Parse(await Readme.Run(Readme.Block("## Use it over HTTP", "sh"), shared.Client.Http, Token));

        var printed = JsonElement.Parse(Readme.Block("## Use it over HTTP", "json"));
        Assert.Equal(Members(printed), Members(job));
        foreach (var same in new[] { "status", "exitCode", "stdout", "result", "language", "isolation", "limits", "decision" })
            Assert.True(JsonElement.DeepEquals(printed.GetProperty(same), job.GetProperty(same)), $"{same}: {job.GetProperty(same)}");
    }

    [Fact]
    public async Task OnTheCommandLine_SessionsDoWhatIsSaid()
    {
        // A shell wants a terminal, and a log that is followed has no end.
        var commands = Readme.Block("## Sessions on the command line", "sh").Split('\n')
            .Where(static line => !line.Contains("session shell", StringComparison.Ordinal))
            .Select(static line => line.Replace("\"$n\" -f ", "\"$n\" ", StringComparison.Ordinal));

        var output = await Readme.Run($"echo a,b > table.csv\n{string.Join('\n', commands)}", shared.Client.Http, Token);

        Assert.StartsWith("42\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForClientsOfDynamicSessions_AnswersAsItIsSaid()
    {
        var output = await Readme.Run(Readme.Block("## Use it from clients of Azure's dynamic sessions", "sh"), shared.Client.Http, Token);

        Assert.Contains("\"executionResult\":42", output, StringComparison.Ordinal);
        Assert.EndsWith("hello\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForMcpClients_AnswersWithTheOutput()
    {
        var output = await Readme.Run(Readme.Block("<!-- mcp quick start -->", "sh"), shared.Client.Http, Token);

        var line = output.Split('\n').Single(static text => text.StartsWith("data:", StringComparison.Ordinal));
        var result = JsonElement.Parse(line["data:".Length..]).GetProperty("result");
        Assert.Equal("hello\n", result.GetProperty("structuredContent").GetProperty("stdout").GetString());
    }

    private static IEnumerable<string> Members(JsonElement of) => of.EnumerateObject().Select(static member => member.Name).Order(StringComparer.Ordinal);
}
