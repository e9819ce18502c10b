using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Commands;

/// <summary>Lists have the same two names everywhere; of a session, <c>ls</c> lists the files.</summary>
public sealed class ListNameTests : IAsyncLifetime
{
    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("jobs")]
    [InlineData("service")]
    [InlineData("snapshots")]
    [InlineData("template")]
    [InlineData("policy")]
    [InlineData("secret")]
    [InlineData("keys")]
    [InlineData("tenant")]
    [InlineData("session", "commands")]
    public async Task List_OfEveryGroup_IsCalledLsAndList(params string[] group)
    {
        var ls = await CliRun.Against(_server).Run([.. group, "ls", "--help"]);
        var list = await CliRun.Against(_server).Run([.. group, "list", "--help"]);

        Assert.Equal(0, ls.ExitCode);
        Assert.Contains(" ls", ls.Text, StringComparison.Ordinal);
        Assert.Equal(ls.Text, list.Text);
    }
}
