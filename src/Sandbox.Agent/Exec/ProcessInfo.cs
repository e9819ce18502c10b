namespace Sandbox.Agent.Exec;

/// <summary>What <c>/proc/PID/stat</c> says about a process.</summary>
internal readonly record struct ProcessInfo(int Pid, char State, int Parent, int Group, int Session)
{
    // Counted from the state, which is the third field of the file.
    private const int StartedField = 19;

    /// <summary>Dead already, whether reaped or not.</summary>
    public bool IsDead => State is 'Z' or 'X';

    /// <summary>When it started, in hundredths of a second since the machine did.</summary>
    public long Started { get; private init; }

    /// <summary>Parses the file's text. The name in parentheses is the program's own choice and may hold anything.</summary>
    public static ProcessInfo? Parse(int pid, string stat)
    {
        int end = stat.LastIndexOf(')');
        string[] fields = end < 0 ? [] : stat[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 4
            || !int.TryParse(fields[1], out int parent)
            || !int.TryParse(fields[2], out int group)
            || !int.TryParse(fields[3], out int session))
            return null;
        long started = fields.Length > StartedField && long.TryParse(fields[StartedField], out long ticks) ? ticks : 0;
        return new ProcessInfo(pid, fields[0][0], parent, group, session) { Started = started };
    }
}
