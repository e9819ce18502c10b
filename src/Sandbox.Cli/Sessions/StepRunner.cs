using System.Text.Json;
using Sandbox.Cli.Client;
using Sandbox.Cli.Output;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Sessions;

/// <summary>Runs one step as if it were a local program: its output, its exit code, and Ctrl-C interrupts it.</summary>
internal sealed class StepRunner(SessionCalls sessions, CliConsole console, string session)
{
    private const string PlainText = "text/plain";
    private static readonly TimeSpan s_interruptTimeout = TimeSpan.FromSeconds(5);

    public async Task<int> Run(StepRequest request, bool json, CancellationToken interrupted)
    {
        var step = (await Start(request, interrupted)).Value.Sequence;
        try
        {
            interrupted.ThrowIfCancellationRequested();
            return json ? await Wait(step, interrupted) : await Stream(step, interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            await Interrupt(step);
            return ExitCodes.Interrupted;
        }
        catch (BrokenPipeException)
        {
            await Interrupt(step);
            return ExitCodes.BrokenPipe;
        }
    }

    /// <summary>Not broken off by Ctrl-C at once: the step might run by then, and nobody would know its number.</summary>
    private async Task<Reply<Step>> Start(StepRequest request, CancellationToken interrupted)
    {
        using var grace = new CancellationTokenSource();
        await using var registration = interrupted.Register(() => grace.CancelAfter(s_interruptTimeout));
        return await sessions.Start(session, request, grace.Token);
    }

    private async Task<int> Wait(long step, CancellationToken interrupted)
    {
        var reply = await sessions.WaitForEnd(session, step, interrupted);
        await JsonText.Write(console.Output, reply.Body);
        return ExitCodes.Of(reply.Value.End);
    }

    private async Task<int> Stream(long step, CancellationToken interrupted)
    {
        var end = await FollowOutput(step, interrupted);
        var summary = await sessions.Summary(session, step, interrupted);
        foreach (var notice in StepNotices.For(end, summary))
            console.Tell(notice);
        return ExitCodes.Of(end);
    }

    private async Task<EndData> FollowOutput(long step, CancellationToken interrupted)
    {
        var sink = new OutputSink(console);
        await foreach (var item in sessions.Events(session, step, console.Time).Read(interrupted))
        {
            switch (item.Kind)
            {
                case "end":
                    return JsonSerializer.Deserialize(item.Data, Wire.Default.EndData) ?? throw new JsonException();
                case "display" or "result":
                    await sink.WriteText(PlainTextOf(item.Data), interrupted);
                    break;
                default:
                    // Of an error the interpreter has told on standard error.
                    await sink.Write(item, interrupted);
                    break;
            }
        }

        throw new CliException("the server ended the stream without telling how the step ended");
    }

    /// <summary>What was shown, as a terminal can show it: plain text, or the names of the forms that it has.</summary>
    private static string PlainTextOf(byte[] json)
    {
        var forms = JsonSerializer.Deserialize(json, Wire.Default.DictionaryStringJsonElement) ?? [];
        return forms.TryGetValue(PlainText, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString() + "\n"
            : $"[{Printable.Line(string.Join(", ", forms.Keys))}]\n";
    }

    private async Task Interrupt(long step)
    {
        using var limit = new CancellationTokenSource(s_interruptTimeout);
        try
        {
            await sessions.Interrupt(session, step, limit.Token);
        }
        catch (Exception e) when (e is CliException or OperationCanceledException)
        {
            console.Tell($"step {step} of {session} could not be interrupted and may go on: {e.Message}");
        }
    }
}
