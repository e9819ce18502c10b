using System.Runtime.CompilerServices;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Protocol;
using Sandbox.Runtime;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Sessions.Files;

/// <summary>Files of the sessions whose sandboxes this process holds.</summary>
internal sealed class SessionFiles(IGrainFactory grains, SessionSandboxes sandboxes, FileChecksums checksums, IAuditLog audit) : ISessionFiles
{
    private const int ConnectAttempts = 2;

    public Task<Reply<SessionFile>> Stat(Caller caller, SessionId session, string path, CancellationToken cancellationToken = default) =>
        With(caller, session, path, async (agent, absolute, _) => ToFile(await agent.Stat(absolute, cancellationToken)), cancellationToken);

    public Task<Reply<SessionFileContent>> Open(Caller caller, SessionId session, string path, CancellationToken cancellationToken = default) =>
        With(caller, session, path, async (agent, absolute, link) =>
        {
            var (entry, sha256) = await checksums.Of(agent, absolute, cancellationToken);
            return new SessionFileContent(ToFile(entry), sha256, new AgentContent(agent, absolute, entry.SizeBytes, link.Use()));
        }, cancellationToken);

    public Task<Reply<WrittenFile>> Write(
        Caller caller, SessionId session, string path, Stream content, bool overwrite, CancellationToken cancellationToken = default) =>
        With(caller, session, path, async (agent, absolute, _) =>
        {
            await Record(caller, session, AuditActions.FileWrite, absolute, cancellationToken);
            var isNew = !overwrite || await IsNew(agent, absolute, cancellationToken);
            await using var hashing = new HashingStream(content);
            var written = await agent.WriteFile(new WriteFileRequest(absolute, Overwrite: overwrite), hashing, cancellationToken);
            var sha256 = hashing.Sha256();
            checksums.Remember(agent, absolute, await agent.Stat(absolute, cancellationToken), sha256);
            return new WrittenFile(absolute, written.SizeBytes, sha256, isNew);
        }, cancellationToken, attempts: 1);

    public Task<Reply<SessionFilePage>> List(
        Caller caller, SessionId session, string path, bool recursive, byte[]? cursor, int limit, CancellationToken cancellationToken = default) =>
        With(caller, session, path, async (agent, absolute, _) =>
        {
            try
            {
                var page = await agent.List(new ListRequest(absolute, recursive, cursor, limit), cancellationToken);
                return new SessionFilePage([.. page.Entries.Select(ToFile)], page.Next, page.Incomplete);
            }
            catch (AgentRequestException e) when (e.Code == AgentErrors.NotDirectory)
            {
                return new SessionFilePage([ToFile(await agent.Stat(absolute, cancellationToken))], null, false);
            }
        }, cancellationToken);

    public Task<Reply<SessionFile>> Move(
        Caller caller, SessionId session, string from, string to, bool overwrite, CancellationToken cancellationToken = default) =>
        With(caller, session, from, async (agent, absolute, _) =>
        {
            var target = SandboxPath.Resolve(to) ?? throw new AgentRequestException(AgentErrors.Invalid, "The new path is none.");
            await Record(caller, session, AuditActions.FileMove, absolute, cancellationToken, target);
            await agent.Move(new MoveRequest(absolute, target, overwrite), cancellationToken);
            return ToFile(await agent.Stat(target, cancellationToken));
        }, cancellationToken, attempts: 1);

    public Task<Reply<SessionFile>> MakeFolder(Caller caller, SessionId session, string path, CancellationToken cancellationToken = default) =>
        With(caller, session, path, async (agent, absolute, _) =>
        {
            await Record(caller, session, AuditActions.FileFolder, absolute, cancellationToken);
            await agent.MakeFolder(new MakeFolderRequest(absolute, Parents: true), cancellationToken);
            return ToFile(await agent.Stat(absolute, cancellationToken));
        }, cancellationToken);

    public Task<Reply<SessionFile>> Remove(
        Caller caller, SessionId session, string path, bool recursive, CancellationToken cancellationToken = default) =>
        With(caller, session, path, async (agent, absolute, _) =>
        {
            var entry = await agent.Stat(absolute, cancellationToken);
            await Record(caller, session, AuditActions.FileRemove, absolute, cancellationToken);
            await agent.Remove(new RemoveRequest(absolute, recursive), cancellationToken);
            return ToFile(entry);
        }, cancellationToken, attempts: 1);

    public Task<Reply<SessionWatch>> Watch(
        Caller caller, SessionId session, string path, bool recursive, CancellationToken cancellationToken = default) =>
        With(caller, session, path, async (agent, absolute, link) =>
        {
            var watch = await agent.Watch(new WatchRequest(absolute, recursive), cancellationToken);
            var use = link.Use();
            return new SessionWatch(Changes(watch), () =>
            {
                use.Dispose();
                return watch.DisposeAsync();
            });
        }, cancellationToken);

    private static async IAsyncEnumerable<FileChange> Changes(IAgentWatch watch, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var events = watch.Events(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await HasNext(events))
            yield return new FileChange(NameOf(events.Current.Kind), events.Current.Path, events.Current.From);
    }

    // A connection that is gone ends the watch, as the end of the session does: what was missed is found by listing.
    private static async Task<bool> HasNext(IAsyncEnumerator<FileEvent> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception e) when (e is AgentConnectionException or AgentRequestException)
        {
            return false;
        }
    }

    private async Task<Reply<T>> With<T>(
        Caller caller, SessionId session, string path, Func<IAgentClient, string, SandboxLink, Task<T>> act, CancellationToken cancellationToken, int attempts = ConnectAttempts)
        where T : class
    {
        if (SandboxPath.Resolve(path) is not { } absolute)
            return FileRefusals.BadPath;
        var permit = await grains.GetGrain<ISessionGrain>(session.ToString()).Touch(caller, cancellationToken);
        if (permit.Value is not { } place)
            return permit.Refusal!;
        if (!SandboxId.TryParse(place.SandboxId, out var id) || sandboxes.Find(id) is not { } link)
            return FileRefusals.Elsewhere;
        using var use = link.Use();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await act((await link.Get(cancellationToken)).Agent, absolute, link);
            }
            catch (AgentRequestException e)
            {
                return FileRefusals.From(e);
            }
            catch (AgentConnectionException) when (attempt < attempts)
            {
                // The link connects anew, or finds that the sandbox is gone.
            }
            catch (AgentConnectionException)
            {
                return await BrokenOff.Explain(grains, caller, session.ToString(), FileRefusals.Interrupted);
            }
            catch (SandboxLostException)
            {
                return await BrokenOff.Explain(grains, caller, session.ToString(), SessionRefusals.Lost);
            }
        }
    }

    // Durable before it is done. The path says which file; of its content nothing is recorded.
    private Task Record(Caller caller, SessionId session, string action, string path, CancellationToken cancellationToken, string? to = null) =>
        audit.Append(
            AuditEvent.By(caller, action, new AuditResource(AuditResourceTypes.Session, session.ToString())).With(("path", path), ("to", to)),
            cancellationToken);

    private static async Task<bool> IsNew(IAgentClient agent, string path, CancellationToken cancellationToken)
    {
        try
        {
            await agent.Stat(path, cancellationToken);
            return false;
        }
        catch (AgentRequestException)
        {
            return true;
        }
    }

    private static SessionFile ToFile(FileEntry entry) => new(
        entry.Path,
        NameOf(entry.Kind),
        entry.Kind == FileKind.File ? entry.SizeBytes : null,
        entry.Mode,
        TimeOf(entry.ModifiedNs),
        entry.LinkTarget);

    // Programs set this time as they like: what no calendar has becomes the nearest that it has.
    private static DateTimeOffset TimeOf(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    private static string NameOf<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
