using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Sessions.Files;
using Sandbox.Grains.Secrets.Redaction;
using Sandbox.Protocol;
using Sandbox.Runtime;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Snapshots;

/// <summary>Why sessions cannot be kept, restored or copied, in words for callers.</summary>
internal static class SnapshotRefusals
{
    private static readonly TimeSpan QuotaRetryAfter = TimeSpan.FromMinutes(1);

    public static Refusal NotFound { get; } = new(RefusalCodes.NotFound, "There is no such snapshot.");

    public static Refusal Unknown { get; } = new(RefusalCodes.SnapshotUnknown, "There is no snapshot of this id.", "snapshot");

    public static Refusal Corrupt { get; } = new(RefusalCodes.SnapshotCorrupt, "The stored snapshot is damaged and cannot be restored.", "snapshot");

    public static Refusal ContentGone { get; } = new(RefusalCodes.SandboxStartFailed, "What the session shall begin with is not there any more.", null, TimeSpan.FromSeconds(2));

    public static Refusal SecretsNotNamed { get; } =
        new(RefusalCodes.SnapshotMismatch, "The snapshot has programs in memory that have secrets: name these as well.", "secrets");

    public static Refusal SecretInside { get; } =
        new(RefusalCodes.SecretInSnapshot, "The session holds values of secrets, and its policy does not let them be stored.");

    private static Refusal MemoryNotSaved { get; } =
        new(RefusalCodes.MemoryNotSaved, "The sandbox could not be saved with its memory.", null, TimeSpan.FromSeconds(2));

    public static Refusal MemoryUnsupported(string isolation, string field) =>
        new(RefusalCodes.MemoryUnsupported, $"Sandboxes of isolation class {isolation} cannot be kept with their memory here.", field);

    public static Refusal Mismatch(string field, string? value) =>
        new(RefusalCodes.SnapshotMismatch, $"The snapshot says {value ?? "default"} here; leave it out.", field);

    /// <summary>What went wrong while a session was saved; null where it is no expected thing.</summary>
    public static Refusal? OfSaving(Exception failure) => failure switch
    {
        AgentRequestException { Code: AgentErrors.TooLarge } or ArtifactTooLargeException =>
            new Refusal(RefusalCodes.SnapshotTooLarge, "The session has more files, or more in them, than a snapshot holds."),
        SecretInContentException => SecretInside,
        AgentRequestException refused => FileRefusals.From(refused),
        AgentConnectionException => FileRefusals.Interrupted,
        SandboxLostException => SessionRefusals.Lost,
        SandboxImageException => MemoryNotSaved,
        _ => QuotaExceededException.In(failure)?.ToRefusal(QuotaRetryAfter),
    };

    /// <summary>What went wrong while one was restored; null where it is no expected thing.</summary>
    public static Refusal? OfRestoring(Exception failure) => failure switch
    {
        InvalidDataException or FileContentException { InnerException: InvalidDataException } or SandboxImageException { InnerException: InvalidDataException } => Corrupt,
        AgentRequestException { Code: AgentErrors.NoSpace } =>
            new Refusal(RefusalCodes.DiskFull, "The snapshot does not fit the disk limit of the session.", "limits.diskBytes"),
        AgentRequestException { Code: AgentErrors.Invalid } => Corrupt,
        AgentRequestException or AgentConnectionException or SandboxLostException or SandboxStartException or SandboxImageException =>
            new Refusal(RefusalCodes.SandboxStartFailed, "No sandbox could be started from it.", null, TimeSpan.FromSeconds(2)),
        _ => null,
    };
}
