using Sandbox.Agent.Exec;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Agent.Channel;

/// <summary>Starts executions, attaches to them and streams their output.</summary>
internal sealed class ExecRequests(Supervisor supervisor)
{
    private const long MostInputBytes = 64 << 20;

    public async Task Serve(Request request)
    {
        ExecRequest asked = await request.Header(ProtocolJson.Default.ExecRequest);
        Check.Id(asked.Id);
        if (asked.Start is { } wanted)
            Check.Start(wanted);
        (OutputLog log, bool started) = await StartOrFind(request, asked);
        await request.Reply(new ExecAccepted(started), ProtocolJson.Default.ExecAccepted);
        await Stream(request, log, asked.After);
    }

    private async Task<(OutputLog Log, bool Started)> StartOrFind(Request request, ExecRequest asked)
    {
        if (await supervisor.Find(asked.Id) is { } known)
            return (known, false);
        if (asked.Start is null)
            throw new RequestException(AgentErrors.NotFound, "No such execution.");
        long left = MostInputBytes;
        List<ReadOnlyMemory<byte>> code = [], stdin = [];
        left -= await ReadBody(request, code, left);
        await ReadBody(request, stdin, left);
        return await supervisor.Start(asked.Id, asked.Start, new ExecInput(code, stdin));
    }

    private static async Task<long> ReadBody(Request request, List<ReadOnlyMemory<byte>> body, long most)
    {
        long length = 0;
        while (await request.NextOfBody() is { } piece)
        {
            length += piece.Length;
            if (length > most)
                throw new RequestException(AgentErrors.TooLarge, "Code and input together are too large.");
            body.Add(piece);
        }

        return length;
    }

    /// <summary>Sends output until the end, while acknowledgements come in.</summary>
    private static async Task Stream(Request request, OutputLog log, long after)
    {
        int attached = log.Attach();
        Task acknowledgements = ReadAcknowledgements(request, log, attached);
        try
        {
            while (await log.Next(attached, after, request.Closed) is { } chunk)
            {
                await request.Writer.WriteOutput(chunk.Sequence, chunk.Stream, chunk.Data, request.Closed);
                after = chunk.Sequence;
            }
        }
        catch (OperationCanceledException)
        {
            // The host has closed its side, or another connection has taken the execution over.
            if (acknowledgements.IsCompleted)
                await acknowledgements;
            return;
        }

        await request.Writer.WriteJson(FrameType.Exit, log.Result!, ProtocolJson.Default.ExecResult, request.Closed);
        await acknowledgements;
    }

    // A start that was repeated brings its code and input again: those frames are of no use.
    private static async Task ReadAcknowledgements(Request request, OutputLog log, int attached)
    {
        try
        {
            while (await request.Reader.Read(request.Closed) is { } frame)
            {
                if (frame.Type == FrameType.Ack)
                    log.Acknowledge(OutputFrame.ParseAck(frame.Payload));
            }
        }
        finally
        {
            log.Detach(attached);
        }
    }
}
