using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>A background command as it is on the wire.</summary>
internal sealed record Command(
    string Id, long Number, [property: System.Text.Json.Serialization.JsonPropertyName("command")] IReadOnlyList<string> Argv, string Cwd, string? Terminal, string Status, string? Cause, int? ExitCode, string? Signal, long StdoutBytes, long StderrBytes)
{
    public bool Ended => Status is not ("queued" or "running");
}

/// <summary>A part of a command's output.</summary>
internal sealed record OutputPart(byte[] Data, long Start, long Next, long Total, bool Ended)
{
    public string Text => Encoding.UTF8.GetString(Data);
}

/// <summary>The background commands of a session as a caller uses them.</summary>
internal static class CommandClient
{
    public static async Task<Command> StartCommand(this SessionClient session, object request, CancellationToken cancellationToken, string? key = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"{session.Path}/commands") { Content = JsonContent.Create(request) };
        if (key is not null)
            message.Headers.Add("Idempotency-Key", key);
        using var answer = await session.Http.SendAsync(message, cancellationToken);
        return await SessionClient.ReadAs<Command>(answer, HttpStatusCode.Created, cancellationToken);
    }

    public static async Task<Command> GetCommand(this SessionClient session, long number, CancellationToken cancellationToken, int wait = 0)
    {
        using var answer = await session.Http.GetAsync($"{session.Path}/commands/{number}?wait={wait}", cancellationToken);
        return await SessionClient.ReadAs<Command>(answer, HttpStatusCode.OK, cancellationToken);
    }

    public static async Task<Command> EndOfCommand(this SessionClient session, long number, CancellationToken cancellationToken)
    {
        var command = await session.GetCommand(number, cancellationToken, wait: 60);
        Assert.True(command.Ended, $"The command {command.Id} is still {command.Status}.");
        return command;
    }

    public static async Task<OutputPart> Output(this SessionClient session, long number, CancellationToken cancellationToken, long from = 0, string stream = "both", int wait = 0)
    {
        using var answer = await session.Http.GetAsync(
            FormattableString.Invariant($"{session.Path}/commands/{number}/output?stream={stream}&from={from}&wait={wait}"), cancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(cancellationToken));
        return new OutputPart(
            await answer.Content.ReadAsByteArrayAsync(cancellationToken),
            Number("Output-Start"),
            Number("Output-Next"),
            Number("Output-Total"),
            answer.Headers.GetValues("Output-Ended").Single() == "true");

        long Number(string name) => long.Parse(answer.Headers.GetValues(name).Single(), CultureInfo.InvariantCulture);
    }

    /// <summary>All of a stream, to the command's end.</summary>
    public static async Task<byte[]> OutputToEnd(this SessionClient session, long number, CancellationToken cancellationToken, string stream = "stdout")
    {
        using var all = new MemoryStream();
        while (true)
        {
            var part = await session.Output(number, cancellationToken, all.Length, stream, wait: 20);
            Assert.Equal(all.Length, part.Start);
            all.Write(part.Data);
            if (part.Ended)
                return all.ToArray();
        }
    }

    /// <summary>Gives input and says how many bytes there are then.</summary>
    public static async Task<long> Input(this SessionClient session, long number, string text, CancellationToken cancellationToken, string query = "")
    {
        using var answer = await session.Http.PostAsync($"{session.Path}/commands/{number}/stdin{query}", new ByteArrayContent(Encoding.UTF8.GetBytes(text)), cancellationToken);
        return (await SessionClient.ReadAs<Taken>(answer, HttpStatusCode.OK, cancellationToken)).Offset;
    }

    public static async Task<Command> Signal(this SessionClient session, long number, object signal, CancellationToken cancellationToken)
    {
        using var answer = await session.Http.PostAsJsonAsync($"{session.Path}/commands/{number}/signal", new { signal }, cancellationToken);
        return await SessionClient.ReadAs<Command>(answer, HttpStatusCode.OK, cancellationToken);
    }

    /// <summary>Waits until a command's output has a text.</summary>
    public static Task UntilItSays(this SessionClient session, long number, string text, CancellationToken cancellationToken) => Eventually.True(
        async () => (await session.Output(number, cancellationToken)).Text.Contains(text, StringComparison.Ordinal), $"the command says {text}", cancellationToken);

    /// <summary>Waits until a command's output ends with a text.</summary>
    public static Task UntilEndsWith(this SessionClient session, long number, string text, CancellationToken cancellationToken) => Eventually.True(
        async () =>
        {
            var total = (await session.GetCommand(number, cancellationToken)).StdoutBytes;
            return (await session.Output(number, cancellationToken, Math.Max(0, total - 100), "stdout")).Text.EndsWith(text, StringComparison.Ordinal);
        },
        $"the command ends with {text}",
        cancellationToken);

    private sealed record Taken(long Offset);
}
