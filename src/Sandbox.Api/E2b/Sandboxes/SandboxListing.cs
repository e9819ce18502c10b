using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.E2b.Sandboxes;

/// <summary>
/// What a list of sandboxes asks for. The store knows one state at a time, newest first: lists of several are merged, and what it cannot
/// filter is passed over.
/// </summary>
internal sealed record SandboxListing
{
    public required IReadOnlyList<SessionStatus> States { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public DateTimeOffset? StartedAfter { get; init; }

    public bool OldestFirst { get; init; }

    public required int Limit { get; init; }

    public SessionCursor? After { get; init; }

    private const int BatchSize = 200;

    /// <summary>A page, and where the next one begins.</summary>
    public async Task<(IReadOnlyList<SessionView> Items, SessionCursor? Next)> Read(ISessionQueries sessions, string tenant, CancellationToken cancellationToken)
    {
        // Those that live are few: the tenant's quota bounds them.
        var all = new List<SessionView>();
        foreach (var state in States)
        {
            var cursor = OldestFirst ? null : After;
            var before = all.Count;
            do
            {
                var page = await sessions.List(tenant, new SessionFilter(state, Metadata), cursor, BatchSize, cancellationToken);
                all.AddRange(page.Items.Where(IsWanted));
                cursor = page.Next;
            }
            while (cursor is not null && (OldestFirst || all.Count - before <= Limit));
        }

        all.Sort(Compare);
        var rest = all.Where(IsAfter).Take(Limit + 1).ToList();
        if (rest.Count <= Limit)
            return (rest, null);
        rest.RemoveAt(Limit);
        var last = rest[^1];
        return (rest, SessionId.TryParse(last.Id, out var id) ? new SessionCursor(last.CreatedAt, id) : null);
    }

    private bool IsWanted(SessionView session) => (StartedAfter is not { } start || session.CreatedAt > start) && IsAfter(session);

    private bool IsAfter(SessionView session) => After is not { } place || Compare((place.CreatedAt, place.Id.ToString()), (session.CreatedAt, session.Id)) < 0;

    private int Compare(SessionView one, SessionView other) => Compare((one.CreatedAt, one.Id), (other.CreatedAt, other.Id));

    private int Compare((DateTimeOffset CreatedAt, string Id) one, (DateTimeOffset CreatedAt, string Id) other)
    {
        var order = one.CreatedAt.CompareTo(other.CreatedAt) is var byTime && byTime != 0 ? byTime : string.CompareOrdinal(one.Id, other.Id);
        return OldestFirst ? order : -order;
    }
}
