using System.Text.Json;
using Sandbox.Cli.Output;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Sessions;

/// <summary>Runs one step as if it were a local program: its output, its exit code, and Ctrl-C interrupts it.</summary>
internal sealed class StepRunner(StepsClient steps, CliConsole console, string session)
{
    private const string PlainText = "text/plain";
    private static readonly TimeSpan s_interruptTimeout = TimeSpan.FromSeconds(5);

    private readonly OutputSink _sink = new(console);

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
        catch (IOException)
        {
            // Its output cannot be kept, as on a full disk.
            await Interrupt(step);
            throw;
        }
    }

    /// <summary>Not broken off by Ctrl-C at once: the step might run by then, and nobody would know its number.</summary>
    private async Task<Reply<Step>> Start(StepRequest request, CancellationToken interrupted)
    {
        using var grace = new CancellationTokenSource();
        await using var registration = interrupted.Register(() => grace.CancelAfter(s_interruptTimeout));
        return await steps.StartAsync(session, request, cancellationToken: grace.Token);
    }

    private async Task<int> Wait(long step, CancellationToken interrupted)
    {
        var reply = await steps.WaitAsync(session, step, interrupted);
        await JsonText.Write(console.Output, reply.Body);
        return ExitCodes.Of(reply.Value);
    }

    private async Task<int> Stream(long step, CancellationToken interrupted)
    {
        var end = await FollowOutput(step, interrupted);
        var page = (await steps.ListPageAsync(session, new ListOptions { Cursor = $"{step - 1}", PageSize = 1 }, interrupted)).Value;
        // None where it is not kept any more.
        var summary = page.Items.FirstOrDefault(item => item.Sequence == step);
        foreach (var notice in StepNotices.For(end, summary))
            console.Tell(notice);
        return ExitCodes.Of(end);
    }

    private async Task<OutputEnd> FollowOutput(long step, CancellationToken interrupted)
    {
        try
        {
            await foreach (var item in steps.FollowAsync(session, step, cancellationToken: interrupted))
            {
                if (item.End is { } end)
                    return end;
                await Show(item, interrupted);
            }
        }
        catch (SandboxException e) when (e.Failure == SandboxFailure.ConnectionLost)
        {
            throw new CliException($"{e.Message} Step {step} of {session} may go on.");
        }

        throw new CliException("the server ended the stream without telling how the step ended");
    }

    /// <summary>What was shown, as a terminal can show it: plain text, or the names of the forms that it has.</summary>
    private static string PlainTextOf(JsonElement forms)
    {
        if (forms.ValueKind != JsonValueKind.Object)
            return string.Empty;
        return forms.TryGetProperty(PlainText, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString() + "\n"
            : $"[{Printable.Line(string.Join(", ", forms.EnumerateObject().Select(form => form.Name)))}]\n";
    }

    // Of an error the interpreter has told on standard error.
    private Task Show(OutputEvent item, CancellationToken cancellationToken) => item.Kind is OutputKind.Display or OutputKind.Result
        ? _sink.WriteText(PlainTextOf(item.Data), cancellationToken)
        : _sink.Write(item, cancellationToken);

    private async Task Interrupt(long step)
    {
        using var limit = new CancellationTokenSource(s_interruptTimeout);
        try
        {
            await steps.InterruptAsync(session, step, limit.Token);
        }
        catch (Exception e) when (e is SandboxException or OperationCanceledException)
        {
            console.Tell($"step {step} of {session} could not be interrupted and may go on: {e.Message}");
        }
    }
}
