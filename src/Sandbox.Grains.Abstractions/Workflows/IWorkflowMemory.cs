using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Grains.Abstractions.Workflows;

/// <summary>
/// The shared memory of workflows: JSON values by key, each with a version. Acknowledged is durable; a condition is looked at in the
/// transaction that writes, so that of two writers who have read the same version one is refused. It goes with its workflow.
/// </summary>
public interface IWorkflowMemory
{
    /// <summary>Keys of a workflow's memory in alphabetical order; null where the tenant has no such workflow.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="workflow">The workflow.</param>
    /// <param name="after">Only keys after this one; null for all.</param>
    /// <param name="limit">From 1.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<MemoryPage?> List(string tenantId, WorkflowId workflow, string? after, int limit, CancellationToken cancellationToken = default);

    /// <summary>A value; null where there is none.</summary>
    Task<MemoryValue?> Find(string tenantId, WorkflowId workflow, string key, CancellationToken cancellationToken = default);

    /// <summary>Writes a value of a workflow that has not ended.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="workflow">The workflow.</param>
    /// <param name="write">What to write.</param>
    /// <param name="condition">What the key has to be for it.</param>
    /// <param name="bounds">How much there may be.</param>
    /// <param name="what">Recorded with it, or neither is done.</param>
    /// <param name="cancellationToken">Cancels the write as long as it has not begun.</param>
    Task<Reply<MemoryChange>> Put(
        string tenantId, WorkflowId workflow, MemoryWrite write, MemoryCondition condition, MemoryBounds bounds, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>Removes a key of a workflow that has not ended.</summary>
    Task<Reply<MemoryChange>> Remove(
        string tenantId, WorkflowId workflow, string key, MemoryCondition condition, AuditEvent what, CancellationToken cancellationToken = default);
}

/// <summary>A value to write.</summary>
/// <param name="Key">Its key, valid.</param>
/// <param name="Json">The value, UTF-8 JSON.</param>
/// <param name="AgentId">Who writes it.</param>
public sealed record MemoryWrite(string Key, ReadOnlyMemory<byte> Json, string AgentId);

/// <summary>What is known of a key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">Its version: rises with every change of the workflow's memory, removals included.</param>
/// <param name="SizeBytes">Bytes of its value.</param>
/// <param name="AgentId">Who wrote it.</param>
/// <param name="ChangedAt">When.</param>
public sealed record MemoryKey(string Key, long Version, long SizeBytes, string AgentId, DateTimeOffset ChangedAt);

/// <summary>A value with what is known of its key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Json">The value, UTF-8 JSON.</param>
public sealed record MemoryValue(MemoryKey Key, byte[] Json);

/// <summary>A page of keys.</summary>
/// <param name="Items">The keys.</param>
/// <param name="Next">The last of them; null where no more follow.</param>
public sealed record MemoryPage(IReadOnlyList<MemoryKey> Items, string? Next);

/// <summary>What a change came to.</summary>
/// <param name="Key">The key as it is now; as it was where it was removed.</param>
/// <param name="Created">Whether there was none before.</param>
public sealed record MemoryChange(MemoryKey Key, bool Created);

/// <summary>What a key has to be for a change; nothing where all members are left out.</summary>
/// <param name="Absent">There must be no value.</param>
/// <param name="Present">There must be a value.</param>
/// <param name="AnyOf">The value must be one of these versions.</param>
public sealed record MemoryCondition(bool Absent = false, bool Present = false, IReadOnlyList<long>? AnyOf = null)
{
    /// <summary>No condition.</summary>
    public static MemoryCondition None { get; } = new();

    /// <summary>Whether a key with this version is as it has to be; null for a key that is not there.</summary>
    public bool Allows(long? version) =>
        !(Absent && version is not null) && !(Present && version is null) && (AnyOf is null || (version is { } one && AnyOf.Contains(one)));
}

/// <summary>How much a workflow's memory may hold.</summary>
/// <param name="Keys">Keys.</param>
/// <param name="ValueBytes">Bytes of one value.</param>
/// <param name="TotalBytes">Bytes of all values together.</param>
public sealed record MemoryBounds(int Keys, long ValueBytes, long TotalBytes)
{
    /// <summary>Why there is no room for a value of this size; null where there is.</summary>
    public Refusal? RefuseValue(long bytes) => bytes <= ValueBytes
        ? null
        : new Refusal(RefusalCodes.MemoryValueTooLarge, $"A value has at most {ValueBytes} bytes, and this one has {bytes}.");

    /// <summary>Why so much may not be held; null where it may.</summary>
    public Refusal? RefuseTotal(long keys, long bytes)
    {
        if (keys > Keys)
            return new Refusal(RefusalCodes.WorkflowMemoryFull, $"The memory of a workflow has at most {Keys} keys.");
        return bytes <= TotalBytes ? null : new Refusal(RefusalCodes.WorkflowMemoryFull, $"The memory of a workflow has at most {TotalBytes} bytes in all.");
    }
}

/// <summary>What keys of a workflow's memory can be.</summary>
public static class MemoryKeys
{
    /// <summary>Longest key, in characters.</summary>
    public const int Longest = 128;

    private static readonly System.Buffers.SearchValues<char> Characters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    /// <summary>The rule in words.</summary>
    public static string Rule => $"1 to {Longest} characters of A-Z, a-z, 0-9, _, - and ., and not only dots.";

    /// <summary>Whether a text is one. Not only dots: a path would take these for something else.</summary>
    public static bool IsValid(string text) =>
        text.Length is > 0 and <= Longest && !text.AsSpan().ContainsAnyExcept(Characters) && text.AsSpan().ContainsAnyExcept('.');
}
