using Sandbox.Protocol;

namespace Sandbox.Runtime.Channel;

/// <summary>Runs a short program of the node's own choice in a sandbox.</summary>
public static class ProgramRun
{
    /// <summary>How it ended, and what it said within the bound of its output.</summary>
    public static async Task<(ExecResult Result, byte[] Output)> ToEnd(IAgentClient agent, string id, ExecStart start, CancellationToken cancellationToken)
    {
        await using var exec = await agent.Exec(new ExecRequest(id, After: 0, start), code: default, stdin: default, cancellationToken);
        using var output = new MemoryStream();
        await foreach (var piece in exec.Output(cancellationToken))
        {
            if (output.Length < start.Limits.OutputBytes)
                output.Write(piece.Data.Span);
            await exec.Acknowledge(piece.Sequence, cancellationToken);
        }

        return (await exec.Result.WaitAsync(cancellationToken), output.ToArray());
    }
}
