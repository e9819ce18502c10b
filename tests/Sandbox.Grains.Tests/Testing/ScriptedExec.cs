using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>An execution that the test plays: its output is kept until acknowledged, as the agent does.</summary>
internal sealed class ScriptedExec(ExecStart? start, string code, string stdin)
{
    private readonly Lock _lock = new();
    private readonly List<AgentOutput> _log = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sequence;
    private long _forgotten;

    public ExecStart? Start => start;

    public string Code => code;

    public string Stdin => stdin;

    public ExecResult? Result { get; private set; }

    /// <summary>The program prints.</summary>
    public void Print(string text, OutputStream stream = OutputStream.Stdout) => Change(() =>
        _log.Add(new AgentOutput(++_sequence, stream, Encoding.UTF8.GetBytes(text))));

    /// <summary>The program ends.</summary>
    public void Exit(int exitCode = 0) => End(new ExecResult(exitCode, null, ExecEnd.Program, 0, 0, false, false, false, null));

    public void End(ExecResult result) => Change(() => Result = result);

    public void Acknowledge(long sequence)
    {
        lock (_lock)
        {
            _forgotten = Math.Max(_forgotten, sequence);
            _log.RemoveAll(piece => piece.Sequence <= sequence);
            _acknowledged.TrySetResult();
            _acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Completes when the output up to a sequence was acknowledged.</summary>
    public async Task Acknowledged(long sequence)
    {
        while (true)
        {
            Task next;
            lock (_lock)
            {
                if (_forgotten >= sequence)
                    return;
                next = _acknowledged.Task;
            }

            await next.WaitAsync(Patience.Token);
        }
    }

    /// <summary>The next piece, or null when it has ended; and what to wait for where there is neither yet.</summary>
    public (AgentOutput? Piece, Task? Wait) After(long sequence)
    {
        lock (_lock)
        {
            if (sequence < _forgotten)
                throw new InvalidOperationException($"Output up to {_forgotten} is forgotten, and {sequence + 1} was asked for.");
            foreach (var piece in _log)
            {
                if (piece.Sequence > sequence)
                    return (piece, null);
            }

            return (null, Result is null ? _changed.Task : null);
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
