namespace Sandbox.EndToEnd.Tests.Kills;

public sealed class StartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_OnADataFolderInUse_IsRefusedInOneLine()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var before = File.ReadAllText(data.LogFile);

        using var second = SandboxServer.Launch(data);
        await second.WaitForExitAsync(Token).WaitAsync(Eventually.Deadline, Token);

        Assert.Equal(1, second.ExitCode);
        Assert.Equal($"Another server uses the data folder {data.Root}.\n", File.ReadAllText(data.LogFile)[before.Length..]);
        Assert.Equal("succeeded", (await server.Client.Run(new { language = "bash", code = "true" }, Token)).Status);
    }
}
