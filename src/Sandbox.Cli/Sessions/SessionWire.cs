using Sandbox.Cli.Client;

namespace Sandbox.Cli.Sessions;

internal sealed record SessionRequest(
    string? Language = null,
    string? Isolation = null,
    double? TtlSeconds = null,
    double? IdleSeconds = null,
    string? OnIdle = null,
    IReadOnlyDictionary<string, string>? Env = null,
    JobLimits? Limits = null,
    IReadOnlyDictionary<string, string>? Metadata = null,
    string? Snapshot = null,
    string? Template = null,
    string? Policy = null,
    IReadOnlyList<string>? Secrets = null);

internal sealed record PauseRequest(string Memory);

internal sealed record SessionChange(double? TtlSeconds = null, double? IdleSeconds = null);

internal sealed record Session(
    string Id,
    string Status,
    string? Cause = null,
    string? Language = null,
    string? Isolation = null,
    JobLimits? Limits = null,
    double? IdleSeconds = null,
    string? OnIdle = null,
    string? PausedTo = null,
    string? Snapshot = null,
    string? Node = null,
    int Epoch = 0,
    long? Steps = null,
    IReadOnlyDictionary<string, string>? Metadata = null,
    DateTimeOffset? CreatedAt = null,
    DateTimeOffset? ExpiresAt = null,
    DateTimeOffset? EndedAt = null);

internal sealed record SessionPage(IReadOnlyList<Session> Items, string? NextCursor = null);

internal sealed record StepRequest(
    string? Code = null,
    IReadOnlyList<string>? Command = null,
    string? Language = null,
    string? Context = null,
    IReadOnlyDictionary<string, string>? Env = null,
    string? Stdin = null,
    double? TimeoutSeconds = null);

internal sealed record Step(
    long Sequence,
    string Status,
    string? Cause = null,
    int? ExitCode = null,
    string? Signal = null,
    bool KernelEnded = false,
    bool FreshKernel = false,
    bool StdoutTruncated = false,
    bool StderrTruncated = false)
{
    public bool HasEnded => Status is not ("queued" or "running");

    public EndData End => new(Status, Cause, ExitCode, Signal);
}

internal sealed record StepPage(IReadOnlyList<Step> Items);

internal sealed record CommandRequest(
    IReadOnlyList<string>? Command = null,
    string? Shell = null,
    IReadOnlyDictionary<string, string>? Env = null,
    string? Cwd = null,
    string? Stdin = null,
    bool? KeepStdinOpen = null,
    double? TimeoutSeconds = null);

internal sealed record BackgroundCommand(
    long Number,
    string Status,
    IReadOnlyList<string> Command,
    string? Terminal = null,
    string? Cause = null,
    int? ExitCode = null,
    string? Signal = null,
    long StdoutBytes = 0,
    long StderrBytes = 0,
    DateTimeOffset? CreatedAt = null)
{
    public bool HasEnded => Status is not ("queued" or "running");

    public EndData End => new(Status, Cause, ExitCode, Signal);
}

internal sealed record CommandPage(IReadOnlyList<BackgroundCommand> Items, string? NextCursor = null);

internal sealed record CommandSignal(string Signal);

/// <summary>A text message of a terminal's WebSocket, either way.</summary>
internal sealed record TerminalMessage(
    string Type,
    string? Terminal = null,
    long? Command = null,
    long? Offset = null,
    int? Columns = null,
    int? Rows = null,
    int? ExitCode = null,
    string? Signal = null,
    string? Cause = null);

internal sealed record SessionFile(
    string Path, string Kind, string Mode, long? SizeBytes = null, DateTimeOffset? ModifiedAt = null, string? LinkTarget = null);

internal sealed record SessionFilePage(IReadOnlyList<SessionFile> Items, bool Incomplete, string? NextCursor = null);

internal sealed record WrittenFile(string Path, long SizeBytes, string Sha256);
