namespace Sandbox.EndToEnd.Tests.Kills;

/// <summary>A step that prints for some seconds, counts how often it ran, and tells a secret that only its session knows.</summary>
internal sealed class Chatter(int lines)
{
    /// <summary>Wants the variables <c>count</c> and <c>secret</c>; its value is the first one.</summary>
    public string Code =>
        $"count += 1\nimport time\nfor i in range({lines}):\n    print('line', i, 'ü' * (i % 50), flush=True)\n    time.sleep(0.01)\nprint('secret', secret)\ncount";

    /// <summary>How many events to read at most, so that it is still printing afterwards.</summary>
    public int SomeEvents => Random.Shared.Next(1, lines / 2);

    /// <summary>All that it prints.</summary>
    public string Output(int secret) =>
        string.Concat(Enumerable.Range(0, lines).Select(i => $"line {i} {string.Concat(Enumerable.Repeat('ü', i % 50))}\n")) + $"secret {secret}\n";
}
