using System.Text;

namespace Sandbox.EndToEnd.Tests.Kills;

/// <summary>Reads the events of a job over as many servers as it takes, each time from where it was.</summary>
internal sealed class Follower(string job)
{
    private readonly List<JobEvent> _seen = [];

    private bool Ended => _seen.Count > 0 && _seen[^1].IsEnd;

    /// <summary>Reads on until so many more events have come, or the end has.</summary>
    public async Task Follow(SandboxClient client, int events, CancellationToken cancellationToken)
    {
        if (Ended)
            return;
        var after = _seen.Count == 0 ? 0 : _seen[^1].Id;
        await foreach (var item in client.Events(job, after, cancellationToken).Take(events))
            _seen.Add(item);
    }

    /// <summary>Asserts that the pieces make up the whole, and that a reader who comes now is told the same.</summary>
    public async Task AssertSawAll(SandboxClient client, CancellationToken cancellationToken)
    {
        Assert.True(Ended);
        Assert.Equal((await client.Get(job, cancellationToken)).Stdout, Encoding.UTF8.GetString(_seen.Output("stdout")));
        Assert.Equal(await client.Events(job, 0, cancellationToken).ToListAsync(cancellationToken), _seen);
    }
}
