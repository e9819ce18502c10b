using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sandbox.EndToEnd.Tests.Policies;

/// <summary>The data API of an Open Policy Agent, with decisions that behave as their names say.</summary>
internal sealed class PolicyAgentStub : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PolicyAgentStub(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>What was asked: the path, the credential and the input.</summary>
    public ConcurrentQueue<(string Path, string? Authorization, JsonElement Input)> Asked { get; } = new();

    public static async Task<PolicyAgentStub> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var stub = new PolicyAgentStub(builder.Build());
        stub._app.MapPost("/v1/data/{**path}", stub.Answer);
        await stub._app.StartAsync();
        return stub;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task<IResult> Answer(string path, HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var input = body.RootElement.GetProperty("input").Clone();
        Asked.Enqueue((path, context.Request.Headers.Authorization, input));
        if (path == "t/slow")
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        if (path == "t/cached")
            context.Response.Headers.CacheControl = "max-age=600";
        return path switch
        {
            "t/yes" or "t/cached" => Results.Json(new { result = true }),
            "t/code" => Results.Json(new { result = new { allow = !input.GetProperty("code").GetString()!.Contains("rm", StringComparison.Ordinal), reason = "No removing here." } }),
            "t/broken" => Results.StatusCode(500),
            "t/elsewhere" => Results.Redirect("/v1/data/t/yes", preserveMethod: true),
            "t/large" => Results.Json(new { result = true, padding = new string('a', 1 << 20) }),
            _ => Results.Json(new { }),
        };
    }
}
