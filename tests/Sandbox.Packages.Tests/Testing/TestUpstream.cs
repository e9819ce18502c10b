using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sandbox.Packages.Tests.Testing;

/// <summary>A real web server on the loopback that has what a test gives it, and counts who asks for what.</summary>
internal sealed class TestUpstream : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, RequestDelegate> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _requests = new(StringComparer.Ordinal);
    private readonly WebApplication _server;

    private TestUpstream(WebApplication server) => _server = server;

    public string Url => _server.Urls.Single() + "/";

    public static async Task<TestUpstream> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var upstream = new TestUpstream(builder.Build());
        upstream._server.Run(upstream.Answer);
        await upstream._server.StartAsync(TestContext.Current.CancellationToken);
        return upstream;
    }

    /// <summary>How often a path was asked for.</summary>
    public int Requests(string path) => _requests.GetValueOrDefault(path);

    public void On(string path, RequestDelegate answer) => _answers[path] = answer;

    public void Has(string path, string contentType, byte[] body) => On(path, context =>
    {
        context.Response.ContentType = contentType;
        return context.Response.Body.WriteAsync(body).AsTask();
    });

    public void Has(string path, string contentType, string body) => Has(path, contentType, Encoding.UTF8.GetBytes(body));

    /// <summary>A Python package, listed in JSON, and its files.</summary>
    public void HasPython(string name, params (string File, byte[] Content)[] files)
    {
        foreach (var (file, content) in files)
            Has($"/files/{file}", "application/octet-stream", content);
        HasPythonPage(name, [.. files.Select(file => PythonFile(file.File, file.Content))]);
    }

    public void HasPythonPage(string name, params JsonObject[] files) => Has(
        $"/simple/{name}/", "application/vnd.pypi.simple.v1+json",
        new JsonObject { ["meta"] = new JsonObject { ["api-version"] = "1.1" }, ["name"] = name, ["files"] = new JsonArray(files) }.ToJsonString());

    public JsonObject PythonFile(string file, byte[] content) => new()
    {
        ["filename"] = file,
        ["url"] = $"../../files/{file}",
        ["hashes"] = new JsonObject { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)) },
        ["core-metadata"] = true,
    };

    /// <summary>A Node package with some versions, and their tarballs.</summary>
    public void HasNode(string name, params NodeTarball[] versions)
    {
        var packument = NodePackument(name, versions);
        Has($"/{name.Replace("/", "%2f", StringComparison.Ordinal)}", "application/json", packument.ToJsonString());
    }

    public JsonObject NodePackument(string name, params NodeTarball[] versions)
    {
        foreach (var version in versions)
            Has($"/{name}/-/{version.File}", "application/octet-stream", version.Content);
        return new JsonObject
        {
            ["name"] = name,
            ["description"] = "for tests",
            ["dist-tags"] = new JsonObject { ["latest"] = versions[^1].Version, ["first"] = versions[0].Version },
            ["time"] = new JsonObject(versions.Select(version => KeyValuePair.Create<string, JsonNode?>(version.Version, "2020-01-01T00:00:00Z")).Prepend(new("created", "2020-01-01T00:00:00Z"))),
            ["versions"] = new JsonObject(versions.Select(version => KeyValuePair.Create<string, JsonNode?>(version.Version, version.Manifest($"{Url}{name}/-/{version.File}")))),
        };
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private Task Answer(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        _requests.AddOrUpdate(path, 1, (_, count) => count + 1);
        if (_answers.TryGetValue(path, out var answer))
            return answer(context);
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }
}
