namespace Sandbox.Agent.Exec;

/// <summary>Executions by id. Ended ones stay, so that a host that lost its connection can ask again; the oldest are forgotten.</summary>
internal sealed class ExecTable
{
    /// <summary>How many ended executions are kept.</summary>
    public const int MostEnded = 64;

    /// <summary>How much unacknowledged output of ended executions is kept.</summary>
    public const long MostEndedBytes = 16 << 20;

    private readonly Dictionary<string, Execution> execs = [];
    private readonly Queue<string> ended = new();

    public Execution? Find(string id) => execs.GetValueOrDefault(id);

    public void Add(string id, Execution exec) => execs.Add(id, exec);

    public void OnEnded(string id)
    {
        ended.Enqueue(id);
        while (ended.Count > MostEnded || (ended.Count > 1 && EndedBytes() > MostEndedBytes))
            execs.Remove(ended.Dequeue());
    }

    public IReadOnlyList<string> Ids() => [.. execs.Keys];

    private long EndedBytes() => ended.Sum(id => (long)execs[id].Log.Held);
}
