using System.Net;
using System.Text.Json;
using Sandbox.EndToEnd.Tests.Kills;
using Sandbox.EndToEnd.Tests.Members;

namespace Sandbox.EndToEnd.Tests.Services;

/// <summary>The server is killed while services run: they go on, with their programs' memory, their tokens and their logs.</summary>
public sealed class KillTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_WhileServicesRun_GoesOnWithTheSamePrograms()
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        var service = await ServiceClient.Start(server, Programs.Code("python", Programs.Python, health: new { path = "/", intervalSeconds = 0.2 }), Token);
        var pid = Pid(await service.Text("/", Token));
        for (var round = 0; round < KillRounds.Count; round++)
        {
            var starting = await ServiceClient.Create(server, Programs.Code("javascript", Programs.Node, 3000), Token);
            await server.Kill(Token);
            server = await SandboxServer.Start(data, Token);
            (service, starting) = (service.On(server), starting.On(server));

            Assert.Equal(pid, Pid(await service.Text("/", Token)));
            Assert.Equal(1, (await service.Get(Token)).GetProperty("attempts").GetInt32());
            Assert.Equal("running", (await starting.Get(Token, wait: 60)).GetProperty("status").GetString());
            Assert.Equal("listening\n", await service.Log(Token));
            await starting.Stop(Token);
        }

        await service.Stop(Token);
        await server.Kill(Token);
        server = await SandboxServer.Start(data, Token);
        Assert.Equal("requested", (await service.On(server).Get(Token)).GetProperty("cause").GetString());
        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    [Fact]
    public async Task Members_EitherReachesAService_AndOneGoesOnWithWhatTheOtherHad()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token);
        var service = await ServiceClient.Start(pair.First, Programs.Code("python", Programs.Python), Token);

        foreach (var member in new[] { pair.First, pair.Second })
        {
            using var answer = await service.On(member).Send(HttpMethod.Post, "/a%2Fb", Token, new StringContent("four"), ("X-Forwarded-For", "6.6.6.6"));
            var text = await answer.Content.ReadAsStringAsync(Token);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
            var said = JsonDocument.Parse(text).RootElement;
            Assert.Equal((4, "/a%2Fb"), (said.GetProperty("bytes").GetInt32(), said.GetProperty("path").GetString()));
            Assert.True(text.Contains("[\"X-Forwarded-For\", \"127.0.0.1\"]", StringComparison.Ordinal), text);
        }

        var pid = Pid(await service.On(pair.Second).Text("/", Token));
        service = service.On(await pair.Kill(1, Token));
        await Eventually.True(async () =>
        {
            using var answer = await service.Send(HttpMethod.Get, "/", Token);
            return answer.StatusCode == HttpStatusCode.OK && Pid(await answer.Content.ReadAsStringAsync(Token)) == pid;
        }, "the other process goes on", Token);
        await service.Stop(Token);
    }

    private static int Pid(string text) => JsonDocument.Parse(text).RootElement.GetProperty("pid").GetInt32();
}
