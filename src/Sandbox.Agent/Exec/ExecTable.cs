namespace Sandbox.Agent.Exec;

/// <summary>
/// Executions by id. Of an ended one its log stays, so that a host that lost its connection can ask again; the oldest are
/// forgotten.
/// </summary>
internal sealed class ExecTable
{
    /// <summary>How many ended executions are kept.</summary>
    public const int MostEnded = 64;

    /// <summary>How much unacknowledged output of ended executions is kept.</summary>
    public const long MostEndedBytes = 16 << 20;

    private readonly Dictionary<string, IExecution> running = [];
    private readonly Dictionary<string, OutputLog> logs = [];
    private readonly Queue<string> ended = new();

    /// <summary>Ids of all that are known.</summary>
    public IReadOnlyList<string> Ids => [.. logs.Keys];

    /// <summary>The log of an execution, running or ended; null where there is none.</summary>
    public OutputLog? FindLog(string id) => logs.GetValueOrDefault(id);

    /// <summary>An execution that runs; null where it has ended or there is none.</summary>
    public IExecution? FindRunning(string id) => running.GetValueOrDefault(id);

    public void Add(string id, IExecution exec)
    {
        running.Add(id, exec);
        logs.Add(id, exec.Log);
    }

    public void OnEnded(string id)
    {
        running.Remove(id);
        ended.Enqueue(id);
        while (ended.Count > MostEnded || (ended.Count > 1 && EndedBytes() > MostEndedBytes))
            logs.Remove(ended.Dequeue());
    }

    private long EndedBytes() => ended.Sum(id => (long)logs[id].Held);
}
