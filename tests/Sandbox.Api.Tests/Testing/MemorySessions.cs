using System.Security.Cryptography;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Testing;

/// <summary>Lists of sessions in memory.</summary>
internal sealed class MemorySessionQueries : ISessionQueries
{
    /// <summary>Tenant and session, in any order.</summary>
    public List<(string Tenant, SessionView View)> Sessions { get; } = [];

    public Task<SessionPage> List(string tenantId, SessionFilter filter, SessionCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        var after = Sessions
            .Where(entry => entry.Tenant == tenantId && (filter.Status is not { } status || entry.View.Status == status))
            .Where(entry => filter.Metadata.All(label => entry.View.Metadata.TryGetValue(label.Key, out var value) && value == label.Value))
            .Select(entry => entry.View)
            .OrderByDescending(view => view.CreatedAt)
            .Where(view => cursor is null || view.CreatedAt < cursor.CreatedAt)
            .ToList();
        var page = after.Take(limit).ToList();
        SessionId.TryParse(page.LastOrDefault()?.Id, out var last);
        return Task.FromResult(new SessionPage(page, after.Count > limit ? new SessionCursor(page[^1].CreatedAt, last) : null));
    }

    public IAsyncEnumerable<OpenSession> ListOpen(string node, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<LiveSessionOwner>> ListLive(int limit, CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<LiveSessionOwner>>(
        [.. Sessions.Where(static entry => entry.View.EndedAt is null).Take(limit).Select(static entry => new LiveSessionOwner(SessionId.TryParse(entry.View.Id, out var id) ? id : default, entry.Tenant))]);

    public Task<IReadOnlyList<SessionId>> ListDue(
        DateTimeOffset expiredBefore, DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}

/// <summary>Secrets of sessions that everybody can compute.</summary>
internal sealed class PlainSessionTokens : ISessionTokens
{
    public ValueTask<string> Compute(string tenantId, SessionId session, string use, CancellationToken cancellationToken = default) =>
        new(Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{tenantId} {session} {use}"))));
}

/// <summary>Files of sessions in memory: what the routes hand on, and what they make of the answers.</summary>
internal sealed class MemorySessionFiles : ISessionFiles
{
    private static readonly Refusal Missing = new(RefusalCodes.NotFound, "There is no such file or folder.");

    public Dictionary<string, byte[]> Content { get; } = [];

    public Task<Reply<SessionFile>> Stat(Caller caller, SessionId session, string path, CancellationToken cancellationToken = default) =>
        Task.FromResult<Reply<SessionFile>>(Content.ContainsKey(path) ? Describe(path) : Missing);

    public Task<Reply<SessionFileContent>> Open(Caller caller, SessionId session, string path, CancellationToken cancellationToken = default) =>
        Task.FromResult<Reply<SessionFileContent>>(Content.TryGetValue(path, out var content)
            ? new SessionFileContent(Describe(path), Convert.ToHexStringLower(SHA256.HashData(content)), new MemoryStream(content))
            : Missing);

    public async Task<Reply<WrittenFile>> Write(
        Caller caller, SessionId session, string path, Stream content, bool overwrite, CancellationToken cancellationToken = default)
    {
        var isNew = !Content.ContainsKey(path);
        if (!isNew && !overwrite)
            return new Refusal(RefusalCodes.FileExists, "There is a file or folder of this name already.");
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancellationToken);
        Content[path] = buffer.ToArray();
        return new WrittenFile(path, buffer.Length, Convert.ToHexStringLower(SHA256.HashData(Content[path])), isNew);
    }

    public Task<Reply<SessionFilePage>> List(
        Caller caller, SessionId session, string path, bool recursive, byte[]? cursor, int limit, CancellationToken cancellationToken = default)
    {
        var first = cursor is null ? 0 : cursor[0];
        var all = Content.Keys.Order(StringComparer.Ordinal).Skip(first).Select(Describe).ToList();
        return Task.FromResult<Reply<SessionFilePage>>(new SessionFilePage([.. all.Take(limit)], all.Count > limit ? [(byte)(first + limit)] : null, recursive));
    }

    public Task<Reply<SessionFile>> Move(Caller caller, SessionId session, string from, string to, bool overwrite, CancellationToken cancellationToken = default)
    {
        if (!Content.Remove(from, out var content))
            return Task.FromResult<Reply<SessionFile>>(Missing);
        Content[to] = content;
        return Task.FromResult<Reply<SessionFile>>(Describe(to));
    }

    public Task<Reply<SessionFile>> MakeFolder(Caller caller, SessionId session, string path, CancellationToken cancellationToken = default) =>
        Task.FromResult<Reply<SessionFile>>(new SessionFile(path, "directory", null, 0b111_101_101, DateTimeOffset.UnixEpoch, null));

    public Task<Reply<SessionFile>> Remove(Caller caller, SessionId session, string path, bool recursive, CancellationToken cancellationToken = default) =>
        Task.FromResult<Reply<SessionFile>>(Content.Remove(path) ? new SessionFile(path, "file", 0, 0, DateTimeOffset.UnixEpoch, null) : Missing);

    public Task<Reply<SessionWatch>> Watch(Caller caller, SessionId session, string path, bool recursive, CancellationToken cancellationToken = default) =>
        Task.FromResult<Reply<SessionWatch>>(new SessionWatch(
            new[] { new FileChange("created", "a\nb", null), new FileChange("moved", "c", "a\nb") }.ToAsyncEnumerable(), () => ValueTask.CompletedTask));

    private SessionFile Describe(string path) => new(path, "file", Content[path].Length, 0b110_100_100, DateTimeOffset.UnixEpoch, null);
}
