using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sandbox.Grains.Tests.Webhooks;

/// <summary>An endpoint on loopback that answers as it is told and keeps what it got.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>What every further request is answered with.</summary>
    public int Status { get; set; } = 204;

    public ConcurrentQueue<(string Id, string Signature, string Timestamp, string Body)> Got { get; } = new();

    public static async Task<Receiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new Receiver(builder.Build());
        receiver._app.Run(receiver.Answer);
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        Got.Enqueue((context.Request.Headers["webhook-id"]!, context.Request.Headers["webhook-signature"]!, context.Request.Headers["webhook-timestamp"]!, await reader.ReadToEndAsync()));
        context.Response.StatusCode = Status;
        if (Status == 302)
            context.Response.Headers.Location = Url + "/elsewhere";
    }
}
