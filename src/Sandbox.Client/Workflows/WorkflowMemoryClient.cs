using System.Globalization;
using System.Text.Json;

namespace Sandbox.Client;

/// <summary>What the steps of a workflow share: JSON values by key, each with a version.</summary>
public sealed class WorkflowMemoryClient
{
    private readonly Transport _transport;

    internal WorkflowMemoryClient(Transport transport) => _transport = transport;

    /// <summary>The keys, in alphabetical order.</summary>
    /// <param name="workflow">Id of the workflow.</param>
    /// <param name="options">Where to begin; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<MemoryKey> ListAsync(string workflow, ListOptions? options = null, CancellationToken cancellationToken = default) =>
        Paging.Read(options ?? new ListOptions(), (at, token) => ListPageAsync(workflow, at, token), cancellationToken);

    /// <summary>One page of the keys.</summary>
    /// <param name="workflow">Id of the workflow.</param>
    /// <param name="options">Where to begin; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<MemoryKey>>> ListPageAsync(string workflow, ListOptions? options = null, CancellationToken cancellationToken = default) =>
        _transport.Call(
            new ApiRequest(HttpMethod.Get, $"{WorkflowsClient.PathOf(workflow)}/memory{(options ?? new ListOptions()).Query()}"),
            ClientJson.Default.PageMemoryKey,
            cancellationToken);

    /// <summary>The value of a key.</summary>
    /// <param name="workflow">Id of the workflow.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Reply<JsonElement>> GetAsync(string workflow, string key, CancellationToken cancellationToken = default) =>
        await _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(workflow, key)), ClientJson.Default.JsonElement, cancellationToken).ConfigureAwait(false);

    /// <summary>Writes a key.</summary>
    /// <param name="workflow">Id of the workflow.</param>
    /// <param name="key">The key.</param>
    /// <param name="json">The value, as JSON in UTF-8.</param>
    /// <param name="version">Only where the key has this version; 0 for only where there is none; null for no matter what.</param>
    /// <param name="cancellationToken">Gives up; it may have been written.</param>
    public Task<Reply<MemoryKey>> SetAsync(
        string workflow, string key, ReadOnlyMemory<byte> json, long? version = null, CancellationToken cancellationToken = default)
    {
        var request = new ApiRequest(HttpMethod.Put, PathOf(workflow, key)).WithJson(json);
        request.Header = version switch
        {
            null => null,
            0 => ("If-None-Match", "*"),
            { } expected => ("If-Match", string.Create(CultureInfo.InvariantCulture, $"\"{expected}\"")),
        };
        // Under a condition a repetition would meet what the first one wrote.
        return _transport.Call(version is null ? request : request.Unrepeatable(), ClientJson.Default.MemoryKey, cancellationToken);
    }

    /// <summary>Removes a key.</summary>
    /// <param name="workflow">Id of the workflow.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DeleteAsync(string workflow, string key, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, PathOf(workflow, key)), cancellationToken);

    private static string PathOf(string workflow, string key) => $"{WorkflowsClient.PathOf(workflow)}/memory/{Segment.Of(key)}";
}
