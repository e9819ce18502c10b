namespace Sandbox.Grains.Abstractions.Lists;

/// <summary>
/// Rows of the query tables by id, of whatever tenant: for who runs the installation. Reads what was written with the state, and so
/// wakes no grain.
/// </summary>
public interface IResourceIndex
{
    /// <summary>What lists show of a resource; null where there is none, or its kind is in no list.</summary>
    /// <param name="type">Type of its grain: job, session, service, snapshot or workflow.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<IndexedResource?> Find(string type, string id, CancellationToken cancellationToken = default);
}

/// <summary>A resource as lists show it.</summary>
/// <param name="TenantId">Its tenant.</param>
/// <param name="View">Its view, of the type that its queries answer with.</param>
public sealed record IndexedResource(string TenantId, object View);
