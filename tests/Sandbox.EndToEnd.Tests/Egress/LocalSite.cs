using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace Sandbox.EndToEnd.Tests.Egress;

/// <summary>A site on this machine, by the name that the machine has, with and without TLS.</summary>
internal sealed class LocalSite : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;

    private LocalSite(WebApplication app, X509Certificate2 certificate, ConcurrentQueue<string> authorizations)
    {
        (_app, _certificate, Authorizations) = (app, certificate, authorizations);
        var ports = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address).Port).ToArray();
        (Port, TlsPort) = (ports[0], ports[1]);
    }

    public static string Host { get; } = Dns.GetHostName().ToLowerInvariant();

    public static IPAddress Address { get; } = Dns.GetHostAddresses(Host, AddressFamily.InterNetwork)[0];

    public int Port { get; }

    public int TlsPort { get; }

    public string Url => $"http://{Host}:{Port}";

    public string TlsUrl => $"https://{Host}:{TlsPort}";

    /// <summary>What came as the header Authorization, in order.</summary>
    public IReadOnlyCollection<string> Authorizations { get; }

    /// <summary>Certificate of its authority, for those who shall trust it.</summary>
    public string Certificate => _certificate.ExportCertificatePem();

    /// <summary>Rules that open it: its name is an address of this node's, which a range has to name.</summary>
    public object[] Rules => [new { host = Host, ports = new[] { Port, TlsPort } }, new { cidr = $"{Address}/32", ports = new[] { Port, TlsPort } }];

    /// <summary>Starts it.</summary>
    /// <param name="files">Folder that it serves below <c>/files</c>.</param>
    public static async Task<LocalSite> Start(string? files = null)
    {
        var certificate = MakeCertificate();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(Address, 0);
            kestrel.Listen(Address, 0, listen => listen.UseHttps(certificate));
        });
        var app = builder.Build();
        if (files is not null)
            app.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(files, Microsoft.Extensions.FileProviders.Physical.ExclusionFilters.None), RequestPath = "/files", ServeUnknownFileTypes = true });
        app.MapGet("/hello", () => "hello\n");
        app.MapGet("/elsewhere", (string to) => Results.Redirect(to));
        var authorizations = new ConcurrentQueue<string>();
        app.MapMethods("/authorization", ["GET", "TRACE"], (HttpContext context) =>
        {
            var sent = context.Request.Headers.Authorization.ToString();
            authorizations.Enqueue(sent);
            context.Response.Headers["X-Echo"] = sent;
            return sent;
        });
        app.MapPost("/echo", async (HttpContext context) => await context.Request.Body.CopyToAsync(context.Response.Body));
        app.MapGet("/slow", async (HttpContext context) =>
        {
            for (var i = 0; !context.RequestAborted.IsCancellationRequested; i++)
            {
                await context.Response.WriteAsync($"{i}\n");
                await context.Response.Body.FlushAsync();
                await Task.Delay(50, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
        await app.StartAsync();
        return new LocalSite(app, certificate, authorizations);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
