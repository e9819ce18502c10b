using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>The keys that tenants have had made. Each request asks the store, so that a removed key opens nothing at once, in every process.</summary>
internal sealed partial class StoredKeys(IApiKeyStore store, TimeProvider time, ILogger<StoredKeys> logger)
{
    // Last use is told by the hour: no request more often pays for a write.
    private static readonly TimeSpan Coarse = TimeSpan.FromHours(1);

    /// <summary>What a key opens; null where it opens nothing, or nothing any more.</summary>
    public async Task<ApiKeyRecord?> Find(string presented, CancellationToken cancellationToken)
    {
        if (!ApiKeyText.IsOne(presented))
            return null;
        var key = await store.FindByHash(ApiKeyText.Hash(presented), cancellationToken);
        var now = time.GetUtcNow();
        if (key is null || !key.IsValidAt(now))
            return null;
        if (key.LastUsedAt is not { } used || now - used >= Coarse)
            await Note(key.Id, now);
        return key;
    }

    private async Task Note(ApiKeyId id, DateTimeOffset now)
    {
        try
        {
            await store.Used(id, new DateTimeOffset(now.UtcTicks - (now.UtcTicks % Coarse.Ticks), TimeSpan.Zero));
        }
        catch (IOException exception)
        {
            // A full disk must not lock out who would make room.
            LogNotNoted(exception, id);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "It could not be noted that the key {Key} was used.")]
    private partial void LogNotNoted(Exception exception, ApiKeyId key);
}
