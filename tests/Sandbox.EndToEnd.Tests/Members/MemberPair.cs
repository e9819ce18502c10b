namespace Sandbox.EndToEnd.Tests.Members;

/// <summary>Two server processes on one data folder, with the sandboxes of one node between them.</summary>
internal sealed class MemberPair(DataDirectory data, SandboxServer first, SandboxServer second) : IAsyncDisposable
{
    private readonly SandboxServer[] _members = [first, second];

    public SandboxServer First => _members[0];

    public SandboxServer Second => _members[1];

    public static async Task<MemberPair> Start(DataDirectory data, CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        var first = await SandboxServer.StartMember(data, 1, cancellationToken, settings);
        return new MemberPair(data, first, await SandboxServer.StartMember(data, 2, cancellationToken, settings));
    }

    /// <summary>Kills one and answers with the other.</summary>
    public async Task<SandboxServer> Kill(int member, CancellationToken cancellationToken)
    {
        await _members[member - 1].Kill(cancellationToken);
        return _members[2 - member];
    }

    /// <summary>Starts one anew that was killed.</summary>
    public async Task Restart(int member, CancellationToken cancellationToken) =>
        _members[member - 1] = await SandboxServer.StartMember(data, member, cancellationToken);

    /// <summary>Stops both, and expects that nothing of them is left on the host.</summary>
    public async Task Stop(CancellationToken cancellationToken)
    {
        foreach (var member in _members)
            await member.Stop(cancellationToken);
        Assert.Empty(data.Host.Find());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
            await member.DisposeAsync();
    }
}
