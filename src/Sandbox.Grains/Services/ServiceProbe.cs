using System.Net;
using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Abstractions.Services;

namespace Sandbox.Grains.Services;

/// <summary>Looks whether a service answers. Of what it answers with, only the status is read, within bounds.</summary>
internal static class ServiceProbe
{
    private const int MostHeaderKibibytes = 32;

    /// <summary>Whether it answers as it should, in time.</summary>
    public static async Task<bool> Check(IPortRoute route, int port, ServiceHealth health, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(health.TimeoutSeconds));
        try
        {
            if (health.Path is { } path)
                return await Get(route, port, path, patience.Token);
            await using var connection = await route.Probe(patience.Token);
            return true;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<bool> Get(IPortRoute route, int port, string path, CancellationToken cancellationToken)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = MostHeaderKibibytes,
            ResponseDrainTimeout = TimeSpan.Zero,
            ConnectCallback = async (_, token) => await route.Probe(token),
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://localhost:{port}{path}");
        using var answer = await client.SendAsync(request, cancellationToken);
        return (int)answer.StatusCode is >= 200 and < 400;
    }
}
