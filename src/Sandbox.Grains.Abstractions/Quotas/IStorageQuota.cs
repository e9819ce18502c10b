namespace Sandbox.Grains.Abstractions.Quotas;

/// <summary>Room for what a tenant stores. To be asked before any byte is kept, by whoever puts something into the artifact store.</summary>
public interface IStorageQuota
{
    /// <summary>
    /// Begins to store something. What flows through <see cref="IStorageRoom.Meter"/> counts at once, and until the answer is disposed;
    /// what is durable by then counts by itself.
    /// </summary>
    IStorageRoom Enter(string tenantId);
}

/// <summary>Something that is being stored.</summary>
public interface IStorageRoom : IDisposable
{
    /// <summary>Why nothing more can be stored; null where something can.</summary>
    Refusal? Refusal { get; }

    /// <summary>
    /// The content as it is to be handed to the store. Reading from it fails where the tenant's quota is used up:
    /// <see cref="QuotaExceededException"/>, and a store keeps nothing of a stream that fails.
    /// </summary>
    Stream Meter(Stream content);
}
