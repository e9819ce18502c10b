using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sandbox.EndToEnd.Tests.Events;

/// <summary>What a customer runs: takes events, checks their signatures by itself, and fails on demand.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _toFail;

    private HookReceiver(WebApplication app) => _app = app;

    public string Url => _app.Urls.First() + "/hook";

    public string Secret { get; set; } = "";

    /// <summary>How many of the next requests are answered with 500.</summary>
    public int ToFail
    {
        get => Volatile.Read(ref _toFail);
        set => Volatile.Write(ref _toFail, value);
    }

    /// <summary>What was taken.</summary>
    public ConcurrentQueue<(string Id, string Type, string Resource, bool Signed)> Taken { get; } = new();

    /// <summary>Ids of what was refused.</summary>
    public ConcurrentQueue<string> Refused { get; } = new();

    public static async Task<HookReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new HookReceiver(builder.Build());
        receiver._app.MapPost("/hook", receiver.Answer);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task Answer(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        string Header(string name) => context.Request.Headers[name].ToString();
        if (Interlocked.Decrement(ref _toFail) >= 0)
        {
            Refused.Enqueue(Header("webhook-id"));
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        using var json = JsonDocument.Parse(body);
        var key = Convert.FromBase64String(Secret["whsec_".Length..]);
        var expected = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Header("webhook-id")}.{Header("webhook-timestamp")}.{body}")));
        Taken.Enqueue((
            Header("webhook-id"), json.RootElement.GetProperty("type").GetString()!, json.RootElement.GetProperty("resource").GetProperty("id").GetString()!,
            Header("webhook-signature") == "v1," + expected));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
