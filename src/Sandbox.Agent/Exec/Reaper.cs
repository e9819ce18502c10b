using Sandbox.Agent.Loop;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Exec;

/// <summary>
/// The first process inherits every orphan: this thread reaps all there are and tells the loop. It sleeps while there is
/// no child at all, which only the agent itself can change.
/// </summary>
internal sealed class Reaper(EventLoop loop, Action<int, ProcessEnd> ended)
{
    private const int StackBytes = 64 * 1024;

    private readonly SemaphoreSlim spawned = new(0);

    public void Start() => new Thread(Reap, StackBytes) { IsBackground = true, Name = "reaper" }.Start();

    /// <summary>To be called after every start of a process.</summary>
    public void OnSpawned() => spawned.Release();

    private void Reap()
    {
        while (true)
        {
            int pid = WaitForAny(out int outcome);
            if (pid == -Errno.NoChild)
                spawned.Wait();
            else if (pid > 0)
                loop.Post(() => ended(pid, ProcessEnd.FromOutcome(outcome)));
        }
    }

    private static unsafe int WaitForAny(out int outcome)
    {
        int value = 0;
        int pid = Libc.Wait(&value);
        outcome = value;
        return pid;
    }
}

/// <summary>How a process ended: exactly one of the two is set.</summary>
internal readonly record struct ProcessEnd(int? ExitCode, int? Signal)
{
    private const int SignalBase = 256;

    public static ProcessEnd FromOutcome(int outcome) =>
        outcome >= SignalBase ? new ProcessEnd(null, outcome - SignalBase) : new ProcessEnd(outcome, null);

    public override string ToString() => Signal is { } signal ? $"signal {signal}" : $"exit code {ExitCode}";
}
