using System.Net.Http.Json;
using Sandbox.Cli.Client;

namespace Sandbox.Cli.Services;

/// <summary>The calls about services.</summary>
internal sealed class ServiceCalls(ApiClient api)
{
    private const int PollSeconds = 30;
    private const string Path = "v1/services";

    /// <summary>Starts a service, once however often it is sent.</summary>
    public async Task<Reply<Service>> Create(ServiceRequest request, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("n");
        return await api.Call(
            () => new HttpRequestMessage(HttpMethod.Post, Path)
            {
                Content = JsonContent.Create(request, Wire.Default.ServiceRequest),
                Headers = { { "Idempotency-Key", key } },
            },
            Wire.Default.Service,
            cancellationToken);
    }

    /// <summary>The service when it has started, or could not.</summary>
    public async Task<Reply<Service>> WaitForStart(string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var reply = await api.Call(() => new(HttpMethod.Get, $"{PathOf(id)}?wait={PollSeconds}"), Wire.Default.Service, cancellationToken);
            if (!reply.Value.IsStarting)
                return reply;
        }
    }

    public Task<Reply<Service>> Get(string id, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, PathOf(id)), Wire.Default.Service, cancellationToken);

    public Task<Reply<ServicePage>> List(string query, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, Path + query), Wire.Default.ServicePage, cancellationToken);

    /// <summary>A part of a log; the caller disposes it.</summary>
    public Task<HttpResponseMessage> Log(string id, int attempt, long from, int wait, CancellationToken cancellationToken) =>
        api.Send(() => new(HttpMethod.Get, $"{PathOf(id)}/logs?attempt={attempt}&from={from}&wait={wait}"), cancellationToken);

    public Task<Reply<ServiceToken>> MakeToken(string id, double? seconds, CancellationToken cancellationToken) => api.CallOnce(
        new HttpRequestMessage(HttpMethod.Post, $"{PathOf(id)}/tokens") { Content = JsonContent.Create(new ServiceTokenRequest(seconds), Wire.Default.ServiceTokenRequest) },
        Wire.Default.ServiceToken,
        cancellationToken);

    public async Task Stop(string id, CancellationToken cancellationToken)
    {
        using var response = await api.Send(() => new(HttpMethod.Delete, PathOf(id)), cancellationToken);
    }

    private static string PathOf(string id) => $"{Path}/{Uri.EscapeDataString(id)}";
}
