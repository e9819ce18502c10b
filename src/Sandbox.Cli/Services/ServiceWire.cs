using Sandbox.Cli.Client;

namespace Sandbox.Cli.Services;

internal sealed record ServiceRequest(
    int Port,
    IReadOnlyList<string>? Command = null,
    string? Language = null,
    string? Code = null,
    double? TtlSeconds = null,
    ServiceHealth? Health = null,
    ServiceRestart? Restart = null,
    IReadOnlyDictionary<string, string>? Env = null,
    IReadOnlyList<FileRequest>? Files = null,
    IReadOnlyList<string>? Secrets = null,
    string? Template = null,
    string? Isolation = null,
    JobLimits? Limits = null,
    string? Policy = null,
    IReadOnlyDictionary<string, string>? Metadata = null);

internal sealed record ServiceHealth(string? Path = null);

internal sealed record ServiceRestart(int MaxAttempts);

internal sealed record ServiceAttemptEnd(string Cause, int? ExitCode = null, string? Signal = null);

internal sealed record Service(
    string Id,
    string Status,
    int Port,
    string ProxyUrl,
    string? HostUrl = null,
    string? Token = null,
    string? Cause = null,
    int Attempts = 0,
    ServiceAttemptEnd? LastAttempt = null,
    string? Language = null,
    string? Isolation = null,
    string? Template = null,
    string? Node = null,
    IReadOnlyDictionary<string, string>? Metadata = null,
    DateTimeOffset? CreatedAt = null,
    DateTimeOffset? ReadyAt = null,
    DateTimeOffset? RestartAt = null,
    DateTimeOffset? ExpiresAt = null,
    DateTimeOffset? EndedAt = null)
{
    public bool IsStarting => Status == "starting";

    public bool IsRunning => Status == "running";

    /// <summary>Whether it is over.</summary>
    public bool HasEnded => !IsStarting && !IsRunning;
}

internal sealed record ServicePage(IReadOnlyList<Service> Items, string? NextCursor = null);

internal sealed record ServiceTokenRequest(double? ExpiresInSeconds = null);

internal sealed record ServiceToken(string Id, string? Token = null, DateTimeOffset? ExpiresAt = null);
