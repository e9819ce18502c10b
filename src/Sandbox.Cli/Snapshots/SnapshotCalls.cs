using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Sandbox.Cli.Client;
using Sandbox.Cli.Sessions;

namespace Sandbox.Cli.Snapshots;

/// <summary>The calls about snapshots and forks. One idempotency key serves every try of a call that makes something.</summary>
internal sealed class SnapshotCalls(ApiClient api)
{
    public Task<Reply<Snapshot>> Create(string session, SnapshotRequest request, CancellationToken cancellationToken) =>
        Make(session, "/snapshot", request, Wire.Default.SnapshotRequest, Wire.Default.Snapshot, cancellationToken);

    public Task<Reply<ForkList>> Fork(string session, ForkRequest request, CancellationToken cancellationToken) =>
        Make(session, "/fork", request, Wire.Default.ForkRequest, Wire.Default.ForkList, cancellationToken);

    public Task<Reply<SnapshotPage>> List(string query, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, "v1/snapshots" + query), Wire.Default.SnapshotPage, cancellationToken);

    public async Task Delete(string id, CancellationToken cancellationToken)
    {
        using var response = await api.Send(() => new(HttpMethod.Delete, "v1/snapshots/" + Uri.EscapeDataString(id)), cancellationToken);
    }

    private Task<Reply<TReply>> Make<TRequest, TReply>(
        string session, string route, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, CancellationToken cancellationToken)
        where TReply : class
    {
        var key = Guid.NewGuid().ToString("N");
        return api.Call(Create, replyType, cancellationToken);

        HttpRequestMessage Create() => new(HttpMethod.Post, SessionCalls.PathOf(session) + route)
        {
            Headers = { { "Idempotency-Key", key } },
            Content = JsonContent.Create(request, requestType),
        };
    }
}
