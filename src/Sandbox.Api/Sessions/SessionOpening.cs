using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Api.Snapshots;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Sessions;

/// <summary>Makes sessions, for every door.</summary>
internal sealed class SessionOpening(IGrainFactory grains, IPlatform platform)
{
    /// <summary>Makes a session; null when something is noted as wrong with the request, and nothing was made.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="request">What it shall be.</param>
    /// <param name="id">Its id: a second creation of the same one answers with the first.</param>
    /// <param name="fingerprint">Hash of the request.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<Reply<SessionCreation>?> Open(
        Caller caller, SessionRequest request, SessionId id, string fingerprint, RequestErrors errors, CancellationToken cancellationToken)
    {
        // Of one that is not there the session's grain says so, unless the request is a repetition.
        var snapshot = SnapshotEndpoints.Find(grains, request.Snapshot) is { } kept ? (await kept.Get(caller, cancellationToken)).Value : null;
        var spec = SessionRequestMapping.ToSpec(request, snapshot, platform, errors);
        if (errors.Any)
            return null;
        return SandboxMembers.RefuseIsolation(spec.Isolation, platform) is { } unfit
            ? unfit
            : await grains.GetGrain<ISessionGrain>(id.ToString()).Create(caller, spec, fingerprint, cancellationToken);
    }
}
