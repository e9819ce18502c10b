using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Sandbox.Packages.Tests.Testing;

/// <summary>
/// The gateway for one sandbox, on a web server of the loopback that clients use as their proxy, so that they ask for
/// <c>packages.sandbox</c> as they do in a sandbox.
/// </summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly WebApplication _server;

    private TestGateway(WebApplication server, IPackageAccess access)
    {
        _server = server;
        Access = access;
        Client = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy(Proxy), UseProxy = true }) { BaseAddress = new Uri($"http://{PackageGateway.Host}/") };
    }

    public IPackageAccess Access { get; }

    /// <summary>A client that uses it.</summary>
    public HttpClient Client { get; }

    /// <summary>The proxy of clients.</summary>
    public string Proxy => _server.Urls.Single();

    /// <summary>What was recorded.</summary>
    public required ConcurrentQueue<PackageRequest> Records { get; init; }

    public required FakeTimeProvider Time { get; init; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<TestGateway> Start(TestUpstream upstream, TestFolder cache, PackagePermit permit, params (string Name, string Value)[] options) =>
        Start(upstream.Url + "simple/", upstream.Url, cache, permit, options);

    public static async Task<TestGateway> Start(string pythonIndex, string nodeRegistry, TestFolder cache, PackagePermit permit, params (string Name, string Value)[] options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        foreach (var (name, value) in options.Prepend(("CacheDirectory", cache.Path)).Prepend(("NodeRegistry", nodeRegistry)).Prepend(("PythonIndex", pythonIndex)))
            builder.Configuration[$"{PackageOptions.Section}:{name}"] = value;
        var time = new FakeTimeProvider();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSandboxPackages(builder.Configuration);
        var server = builder.Build();
        var records = new ConcurrentQueue<PackageRequest>();
        var access = server.Services.GetRequiredService<IPackageGateway>().Open(permit, request =>
        {
            records.Enqueue(request);
            return Task.CompletedTask;
        });
        server.Run(access.Serve);
        await server.StartAsync(Token);
        return new TestGateway(server, access) { Records = records, Time = time };
    }

    public async Task<(HttpStatusCode Status, string Text)> Get(string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await Client.SendAsync(request, Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }
}
