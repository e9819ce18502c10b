using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Runtime.Channel;

/// <summary>Holds an agent to what it may send for one execution: numbers without gaps, and no more bytes than were asked for.</summary>
internal sealed class OutputCheck(ExecRequest request)
{
    /// <summary>Bound where the limit of the execution is not known to the reader.</summary>
    private const long MostBytesUnknown = 1L << 30;

    private long last = request.After;
    private long left = request.Endless ? long.MaxValue : request.Start?.Limits.OutputBytes ?? MostBytesUnknown;
    private bool hadResult;

    public AgentOutput Accept(byte[] payload)
    {
        (long sequence, OutputStream stream, ReadOnlyMemory<byte> data) = OutputFrame.Parse(payload);
        if (sequence != last + 1)
            throw new ProtocolViolationException("A piece of output is missing or was repeated.");
        last = sequence;
        if (stream == OutputStream.Result)
            CheckResult();
        else if ((left -= data.Length) < 0)
            throw new ProtocolViolationException("There is more output than was allowed.");
        return new AgentOutput(sequence, stream, data);
    }

    private void CheckResult()
    {
        if (hadResult)
            throw new ProtocolViolationException("There is a second result.");
        hadResult = true;
    }
}
