namespace Sandbox.Client;

/// <summary>The audit record; for auditors, admins and operators.</summary>
public sealed class AuditClient
{
    private const string Path = "v1/audit";

    private readonly Transport _transport;

    internal AuditClient(Transport transport) => _transport = transport;

    /// <summary>Events, newest first.</summary>
    /// <param name="filter">Which; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<AuditItem> ListAsync(AuditFilter? filter = null, CancellationToken cancellationToken = default) =>
        Paging.Read(filter ?? new AuditFilter(), ListPageAsync, cancellationToken);

    /// <summary>One page of the list.</summary>
    /// <param name="filter">Which; null for the first of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<AuditItem>>> ListPageAsync(AuditFilter? filter = null, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, $"{Path}/events{(filter ?? new AuditFilter()).Query()}"), ClientJson.Default.PageAuditItem, cancellationToken);

    /// <summary>Goes through the chain of hashes.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<AuditCheck>> VerifyAsync(CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, Path + "/verify"), ClientJson.Default.AuditCheck, cancellationToken);

    /// <summary>Opens all events as lines of JSON, oldest first; the caller disposes it.</summary>
    /// <param name="filter">From when on, until when, and after which sequence; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<DownloadedContent> OpenExportAsync(AuditFilter? filter = null, CancellationToken cancellationToken = default) => new(
        await _transport.Open(new ApiRequest(HttpMethod.Get, $"{Path}/export{(filter ?? new AuditFilter()).Query()}"), cancellationToken).ConfigureAwait(false), "audit record");
}

/// <summary>Which events of the audit record.</summary>
public sealed record AuditFilter : ListOptions
{
    /// <summary>From this time on, as RFC 3339 or a date.</summary>
    public string? From { get; init; }

    /// <summary>Before this time.</summary>
    public string? To { get; init; }

    /// <summary>Only those of this agent.</summary>
    public string? Actor { get; init; }

    /// <summary>Only those of this action, such as job.submitted.</summary>
    public string? Action { get; init; }

    /// <summary>Only those of the resource with this id.</summary>
    public string? Resource { get; init; }

    /// <summary>Only those with this outcome: allowed, denied, succeeded or failed.</summary>
    public string? Outcome { get; init; }

    internal override QueryText Query() => new QueryText()
        .Add("limit", PageSize).Add("from", From).Add("to", To).Add("actor", Actor).Add("action", Action).Add("resource", Resource).Add("outcome", Outcome).Add("cursor", Cursor);
}
