using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sandbox.Cli.Tests.Testing;

/// <summary>A request as it arrived.</summary>
internal sealed record SeenRequest(string Line, IHeaderDictionary Headers, string Body);

/// <summary>A real HTTP server on the loopback whose answers a test writes, and which remembers what it was asked.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SeenRequest> _requests = [];
    private readonly ConcurrentDictionary<string, ConcurrentQueue<RequestDelegate>> _answers = [];

    private ScriptedServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(Answer);
    }

    public string Url { get; private set; } = string.Empty;

    public IReadOnlyList<SeenRequest> Requests => [.. _requests];

    public static async Task<ScriptedServer> Start()
    {
        var server = new ScriptedServer();
        await server._app.StartAsync();
        server.Url = ((IApplicationBuilder)server._app).ServerFeatures.Get<IServerAddressesFeature>()!.Addresses.Single();
        return server;
    }

    /// <summary>
    /// Adds an answer to a request line such as <c>GET /v1/jobs/job_1</c>. Answers are used in order; the last one stays.
    /// </summary>
    public ScriptedServer On(string line, RequestDelegate answer)
    {
        _answers.GetOrAdd(line, _ => []).Enqueue(answer);
        return this;
    }

    public ScriptedServer On(string line, int status, string json, string? retryAfter = null) =>
        On(line, async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = status >= 400 ? "application/problem+json" : "application/json";
            if (retryAfter is not null)
                context.Response.Headers.RetryAfter = retryAfter;
            await context.Response.WriteAsync(json);
        });

    /// <summary>A job that was accepted, and the whole stream of its events.</summary>
    public ScriptedServer OnJob(params string[] events) =>
        On("POST /v1/jobs", 202, Wires.Job("queued")).On("GET /v1/jobs/job_1/events", c => Wires.Stream(c, events));

    /// <summary>Step 4 of session ses_1, which was accepted, the whole stream of its events, and what is said of it afterwards.</summary>
    public ScriptedServer OnStep(string summary, params string[] events) =>
        On("POST /v1/sessions/ses_1/steps", 202, Wires.Step("queued"))
            .On("GET /v1/sessions/ses_1/steps/4/events", c => Wires.Stream(c, events))
            .On("GET /v1/sessions/ses_1/steps", 200, $$"""{"items":[{{summary}}]}""");

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        var line = $"{context.Request.Method} {context.Request.Path}";
        // The server uses the request's own dictionary again for the next one.
        var headers = new HeaderDictionary(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value));
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        _requests.Enqueue(new SeenRequest(line + context.Request.QueryString, headers, body));
        if (!_answers.TryGetValue(line, out var answers))
        {
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return;
        }

        if (answers.Count > 1 && answers.TryDequeue(out var next) || answers.TryPeek(out next))
            await next(context);
    }
}
