using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sandbox.Packages.Tests.Testing;

namespace Sandbox.EndToEnd.Tests.Packages;

/// <summary>An index of Python packages on this machine (PEP 503) that counts the files it serves.</summary>
internal sealed class WheelIndex : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _held;
    private int _served;

    private WheelIndex(WebApplication app) => _app = app;

    public string Url => $"{_app.Urls.First()}/simple/";

    /// <summary>Files that were served.</summary>
    public int Served => Volatile.Read(ref _served);

    /// <summary>Keeps files back; <see cref="Asked"/> completes when one was asked for meanwhile.</summary>
    public void Hold() => _held = true;

    /// <summary>Completes when a file was asked for that is kept back.</summary>
    public Task Asked => _asked.Task;

    public static async Task<WheelIndex> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var index = new WheelIndex(builder.Build());
        index._app.MapGet("/simple/{name}/", index.Page);
        index._app.MapGet("/files/{file}", index.File);
        await index._app.StartAsync();
        return index;
    }

    public void Add(string name, string version, params string[] requires)
    {
        var (file, content) = Wheel.Of(name, version, requires);
        _files[file] = content;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private IResult Page(string name)
    {
        var links = _files.Where(entry => entry.Key.StartsWith(name.Replace('-', '_') + "-", StringComparison.Ordinal))
            .Select(entry => $"<a href=\"/files/{entry.Key}#sha256={Convert.ToHexStringLower(SHA256.HashData(entry.Value))}\">{entry.Key}</a>");
        return Results.Content($"<!DOCTYPE html><html><body>{string.Concat(links)}</body></html>", "text/html");
    }

    private async Task<IResult> File(string file, CancellationToken cancellationToken)
    {
        if (_held)
        {
            _asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        Interlocked.Increment(ref _served);
        return _files.TryGetValue(file, out var content) ? Results.Bytes(content, "application/octet-stream") : Results.NotFound();
    }
}
