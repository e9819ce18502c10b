namespace Sandbox.Cli.Audit;

internal sealed record AuditPage(IReadOnlyList<AuditItem> Items, string? NextCursor = null);

internal sealed record AuditItem(long Sequence, AuditEvent Event);

internal sealed record AuditEvent(
    string Action, string Outcome, DateTimeOffset? Time = null, AuditActor? Actor = null, AuditResource? Resource = null, string? Cause = null);

internal sealed record AuditActor(string AgentId, string? Role = null);

internal sealed record AuditResource(string Type, string Id);

internal sealed record AuditCheck(bool Valid, long Events, AuditHead Head, long? BrokenAt = null, string? Reason = null);

internal sealed record AuditHead(long Sequence, string Hash);
