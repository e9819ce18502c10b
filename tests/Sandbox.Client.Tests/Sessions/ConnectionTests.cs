using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sandbox.Client.Tests.Testing;

namespace Sandbox.Client.Tests.Sessions;

public sealed class ConnectionTests : ClientServer
{
    private const string Terminal = "GET /v1/sessions/ses_1/terminal";

    [Fact]
    public async Task Output_ThatBreaksOff_IsReadAgain()
    {
        const string Path = "GET /v1/sessions/ses_1/commands/2/output";
        Server.On(Path, async context =>
            {
                context.Response.ContentLength = 100;
                await Wires.StreamAndBreak(context, Task.CompletedTask, "a part");
            })
            .On(Path, async context =>
            {
                context.Response.Headers["Output-Next"] = "5";
                await context.Response.WriteAsync("whole");
            });

        var part = await Client().Sessions.Commands.ReadOutputAsync("ses_1", 2, cancellationToken: Token);

        Assert.Equal(("whole", 5L), (Encoding.UTF8.GetString(part.Bytes.Span), part.Next));
    }

    [Fact]
    public async Task Terminal_OfAServerThatIsNotThere_IsToldAsAnyCallIs()
    {
        await Server.DisposeAsync();

        var failure = await Assert.ThrowsAsync<SandboxException>(() => Client().Sessions.Terminals.OpenAsync("ses_1", cancellationToken: Token));

        Assert.Equal(SandboxFailure.Unreachable, failure.Failure);
    }

    [Theory]
    [InlineData(200, SandboxFailure.UnknownAnswer, 0)]
    [InlineData(429, SandboxFailure.Refused, 429)]
    public async Task Terminal_ThatIsNotOpened_IsToldAsAnyCallIs(int status, SandboxFailure kind, int told)
    {
        Server.On(Terminal, status, "{}");

        var failure = await Assert.ThrowsAsync<SandboxException>(() => Client().Sessions.Terminals.OpenAsync("ses_1", cancellationToken: Token));

        Assert.Equal((kind, told), (failure.Failure, failure.Status));
    }

    [Fact]
    public async Task Terminal_TakesMessagesInPieces_AndTellsWhereItBreaksOff()
    {
        var read = new TaskCompletionSource();
        Server.On(Terminal, context => new WebSocketMiddleware(Talk, Options.Create(new WebSocketOptions()), NullLoggerFactory.Instance).Invoke(context));
        using var terminal = await Client().Sessions.Terminals.OpenAsync("ses_1", cancellationToken: Token);

        Assert.Equal(0, (await terminal.ReadAsync(Token))!.Value.Length);
        Assert.Equal(("main", 3L, 7L), (terminal.Name, terminal.Command, terminal.Next));
        Assert.Equal("hi", Encoding.UTF8.GetString((await terminal.ReadAsync(Token))!.Value.Span));
        read.SetResult();
        var failure = await Assert.ThrowsAsync<SandboxException>(() => terminal.ReadAsync(Token));

        Assert.Equal((SandboxFailure.ConnectionLost, 9L), (failure.Failure, terminal.Next));

        async Task Talk(HttpContext context)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.SendAsync("""{"type":"ready","terminal":"main","""u8.ToArray(), WebSocketMessageType.Text, false, Token);
            await socket.SendAsync(""" "command":3,"offset":7}"""u8.ToArray(), WebSocketMessageType.Text, true, Token);
            await socket.SendAsync("hi"u8.ToArray(), WebSocketMessageType.Binary, true, Token);
            await read.Task;
            socket.Abort();
        }
    }
}
