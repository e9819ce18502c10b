using Sandbox.Agent.Exec;
using Sandbox.Protocol;

namespace Sandbox.Agent.Channel;

/// <summary>Gives input to executions that run, and changes the size of their terminals.</summary>
internal sealed class InputRequests(Supervisor supervisor)
{
    public async Task Serve(Request request)
    {
        InputRequest asked = await request.Header(ProtocolJson.Default.InputRequest);
        Check.Input(asked);
        ExecInputGate input = await supervisor.FindInput(asked.Id);
        if (asked.Close && !input.MayClose)
            throw new RequestException(AgentErrors.Invalid, "The input of a terminal has no end.");
        // A program that does not read holds a request up for as long as the host cares, and no longer.
        using var given = CancellationTokenSource.CreateLinkedTokenSource(request.Closed);
        _ = request.Over.ContinueWith(_ => given.Cancel(), given.Token, TaskContinuationOptions.None, TaskScheduler.Default);
        await input.Enter(given.Token);
        try
        {
            await Give(request, asked, input, given.Token);
        }
        finally
        {
            input.Leave();
            await given.CancelAsync();
        }

        await request.Reply(new InputTaken(await input.Taken()), ProtocolJson.Default.InputTaken);
    }

    public async Task Resize(Request request)
    {
        ResizeRequest asked = await request.Header(ProtocolJson.Default.ResizeRequest);
        Check.Id(asked.Id);
        Check.Terminal(asked.Size);
        await supervisor.Resize(asked.Id, asked.Size);
        await request.Done();
    }

    private static async Task Give(Request request, InputRequest asked, ExecInputGate input, CancellationToken cancellationToken)
    {
        long taken = await input.Taken();
        long known = taken - (asked.Offset ?? taken);
        if (known < 0)
            throw new RequestException(AgentErrors.Invalid, $"The input has {taken} bytes so far: there is a gap before these.");
        while (await request.NextOfBody() is { } piece)
        {
            int skip = (int)Math.Min(known, piece.Length);
            known -= skip;
            await input.Give(piece.AsMemory(skip), cancellationToken);
        }

        if (asked.Close)
            await input.Close();
    }
}
