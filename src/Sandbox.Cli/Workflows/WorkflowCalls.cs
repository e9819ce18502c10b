using System.Net.Http.Headers;
using System.Text;
using Sandbox.Cli.Client;

namespace Sandbox.Cli.Workflows;

/// <summary>The calls about workflows and their memory.</summary>
internal sealed class WorkflowCalls(ApiClient api)
{
    private const int PollSeconds = 30;

    /// <summary>Submits a workflow. One idempotency key serves every try, so a lost answer cannot run it twice.</summary>
    public Task<Reply<Workflow>> Submit(byte[] json, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        return api.Call(Create, Wire.Default.Workflow, cancellationToken);

        HttpRequestMessage Create() => new(HttpMethod.Post, "v1/workflows") { Headers = { { "Idempotency-Key", key } }, Content = Json(json) };
    }

    public Task<Reply<Workflow>> Get(string id, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, Path(id)), Wire.Default.Workflow, cancellationToken);

    public async Task<Reply<Workflow>> WaitForEnd(string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var reply = await api.Call(() => new(HttpMethod.Get, $"{Path(id)}?wait={PollSeconds}"), Wire.Default.Workflow, cancellationToken);
            if (reply.Value.HasEnded)
                return reply;
        }
    }

    public Task<Reply<WorkflowPage>> List(string query, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, "v1/workflows" + query), Wire.Default.WorkflowPage, cancellationToken);

    public Task<Reply<Workflow>> Cancel(string id, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Post, Path(id) + "/cancel"), Wire.Default.Workflow, cancellationToken);

    public async Task Remove(string id, CancellationToken cancellationToken)
    {
        using var response = await api.Send(() => new(HttpMethod.Delete, Path(id)), cancellationToken);
    }

    /// <summary>What happens in the workflow, from its start to its end.</summary>
    public EventStream Events(string id, TimeProvider time) => new(
        (last, cancellationToken) => api.OpenEvents(Path(id) + "/events", last, cancellationToken),
        time,
        $"The workflow may go on; see it with `sandbox workflow show {id}`.");

    public Task<Reply<MemoryPage>> Keys(string id, string query, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, $"{Path(id)}/memory{query}"), Wire.Default.MemoryPage, cancellationToken);

    public async Task<byte[]> Read(string id, string key, CancellationToken cancellationToken)
    {
        using var response = await api.Send(() => new(HttpMethod.Get, KeyPath(id, key)), cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <summary>Writes a key; with a version, only where it still has that one; 0 for none.</summary>
    public Task<Reply<MemoryKey>> Write(string id, string key, byte[] json, long? version, CancellationToken cancellationToken) => api.Call(
        () =>
        {
            var message = new HttpRequestMessage(HttpMethod.Put, KeyPath(id, key)) { Content = Json(json) };
            if (version is { } expected)
                message.Headers.TryAddWithoutValidation(expected == 0 ? "If-None-Match" : "If-Match", expected == 0 ? "*" : FormattableString.Invariant($"\"{expected}\""));
            return message;
        },
        Wire.Default.MemoryKey,
        cancellationToken);

    public async Task RemoveKey(string id, string key, CancellationToken cancellationToken)
    {
        using var response = await api.Send(() => new(HttpMethod.Delete, KeyPath(id, key)), cancellationToken);
    }

    private static ByteArrayContent Json(byte[] json) => new(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", Encoding.UTF8.WebName) } };

    private static string KeyPath(string id, string key) => $"{Path(id)}/memory/{Uri.EscapeDataString(key)}";

    private static string Path(string id) => "v1/workflows/" + Uri.EscapeDataString(id);
}
