using System.Text;

namespace Sandbox.EndToEnd.Tests.Kills;

/// <summary>The server is killed while background commands and terminals run: they go on, and no byte of them is lost or told twice.</summary>
public sealed class CommandKillTests
{
    private const int Lines = 400;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Kill_WhileACommandAndATerminalRun_GoesOnWithEveryByteOnce(string isolation)
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        for (var round = 0; round < KillRounds.Count; round++)
        {
            var session = await SessionClient.Open(server.Client, Token, new { isolation });
            var script = $"for i in $(seq 1 {Lines}); do echo line $i; echo error $i >&2; sleep 0.01; done; read -r last; echo $last";
            var command = await session.StartCommand(new { shell = script, keepStdinOpen = true }, Token, key: "c");
            var bytes = new MemoryStream();
            await using (var terminal = await TerminalClient.Quiet(session, Token))
            {
                await terminal.Type($"x=kept; for i in $(seq 1 {Lines}); do echo row $i; sleep 0.01; done; echo finish''ed\n", Token);
                await terminal.Said($"row {Random.Shared.Next(1, Lines / 2)}\r\n", Token);
                bytes.Write(terminal.Bytes);
                // Twice, the second time while the successor has hardly begun.
                await server.Kill(Token);
            }

            server = await SandboxServer.Start(data, Token);
            await server.Kill(Token);
            server = await SandboxServer.Start(data, Token);
            session = session.On(server);

            Assert.Equal(command.Id, (await session.StartCommand(new { shell = script, keepStdinOpen = true }, Token, key: "c")).Id);
            await using var again = await TerminalClient.Open(session, Token, $"from={bytes.Length}");
            await again.Said("finished\r\n", Token);
            await again.Type("echo $x; exit 5\n", Token);
            await again.ToEnd(Token);
            bytes.Write(again.Bytes);
            await session.Input(command.Number, "the last\n", Token);

            Assert.EndsWith("ready\r\n" + Rows() + "finished\r\nkept\r\nexit\r\n", Encoding.UTF8.GetString(bytes.ToArray()), StringComparison.Ordinal);
            Assert.Equal(5, again.Exit.GetProperty("exitCode").GetInt32());
            Assert.Equal(Numbered("line") + "the last\n", Encoding.UTF8.GetString(await session.OutputToEnd(command.Number, Token)));
            Assert.Equal(Numbered("error"), Encoding.UTF8.GetString(await session.OutputToEnd(command.Number, Token, "stderr")));
            Assert.Equal("succeeded", (await session.EndOfCommand(command.Number, Token)).Status);
            using var over = await session.End(Token);
        }

        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    private static string Numbered(string word) => string.Concat(Enumerable.Range(1, Lines).Select(i => $"{word} {i}\n"));

    private static string Rows() => string.Concat(Enumerable.Range(1, Lines).Select(i => $"row {i}\r\n"));
}
