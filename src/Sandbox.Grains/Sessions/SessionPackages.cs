using Sandbox.Grains.Egress;
using Sandbox.Grains.Packages;
using Sandbox.Runtime;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Sessions;

/// <summary>The packages that a session was asked to have: installed once, before its first step.</summary>
internal sealed class SessionPackages(SessionRecord record, SandboxLink link, SessionEgress egress, PackageInstaller installer)
{
    private const string Name = "packages";

    private volatile bool _installed;

    /// <summary>Begins to install, while nobody waits for it.</summary>
    public async Task Begin(CancellationToken cancellationToken)
    {
        if (record.Current.Spec.Packages is null)
            return;
        try
        {
            var sandbox = await link.Get(cancellationToken);
            await egress.Ensure(sandbox, cancellationToken);
            await Ensure(sandbox, cancellationToken);
        }
        catch (Exception e) when (e is PackagesNotInstalledException or SandboxLostException or AgentConnectionException or AgentRequestException or OperationCanceledException or ObjectDisposedException)
        {
            // The first step tries again, and tells.
        }
    }

    /// <summary>Completes when they are installed.</summary>
    /// <exception cref="PackagesNotInstalledException">They cannot be.</exception>
    /// <exception cref="AgentConnectionException">The connection is gone; what was begun goes on.</exception>
    public async Task Ensure(SandboxHandle sandbox, CancellationToken cancellationToken)
    {
        if (_installed || record.Current.Spec.Packages is not { } packages)
            return;
        var state = record.Current;
        if (await installer.Install(sandbox, Name, packages, state.Permit.Packages, PackagePlace.User, egress.Refused, NodeEgress.EnvironmentOf(state.Permit, state.Spec.Env), cancellationToken) is { } said)
            throw new PackagesNotInstalledException(said);
        _installed = true;
    }
}
