using System.Net;
using System.Net.Sockets;

namespace Sandbox.EndToEnd.Tests.Kills;

public sealed class StartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_OnADataFolderInUse_IsRefusedInOneLine()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token, SandboxServer.WithPool);
        var before = File.ReadAllText(data.LogFile);

        using var second = SandboxServer.Launch(data);
        await second.WaitForExitAsync(Token).WaitAsync(Eventually.Deadline, Token);

        Assert.Equal(1, second.ExitCode);
        Assert.Equal($"Another server uses the data folder {data.Root}.\n", File.ReadAllText(data.LogFile)[before.Length..]);
        Assert.Equal("succeeded", (await server.Client.Run(new { language = "bash", code = "true" }, Token)).Status);
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Start_FirstRequestThatIsAnswered_IsServed(string isolation)
    {
        using var data = new DataDirectory();
        var url = $"http://127.0.0.1:{FreePort()}";
        var process = SandboxServer.Launch(data, SandboxServer.WithPool, ("ASPNETCORE_URLS", url));

        using var answer = await Eventually.Value(() => TryPost(data, url, isolation), "the server answers", Token);

        await using var server = await SandboxServer.Join(process, data, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        var job = await server.Client.End((await SandboxClient.Read<Job>(answer, Token)).Id, Token);
        Assert.Equal(("succeeded", "early\n"), (job.Status, job.Stdout));
    }

    private static async Task<HttpResponseMessage?> TryPost(DataDirectory data, string url, string isolation)
    {
        if (!data.HasOperatorKey)
            return null;
        using var client = new SandboxClient(url, data.OperatorKey);
        try
        {
            return await client.Post(new { language = "bash", code = "echo early", isolation }, Token);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
