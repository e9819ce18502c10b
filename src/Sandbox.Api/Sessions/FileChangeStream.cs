using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Api.Output;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sessions;

/// <summary>
/// Changes of a folder as server-sent events, until the folder or the session is gone. They are not kept: whoever comes
/// back lists the folder.
/// </summary>
internal sealed class FileChangeStream(SessionWatch watch) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ServerSentEvents.Begin(httpContext);
        using var either = ServerSentEvents.Lifetime(httpContext);
        await using (watch)
        {
            try
            {
                // Tells the client that it is watched from now on.
                await httpContext.Response.WriteAsync(": watching\n\n", either.Token);
                await httpContext.Response.Body.FlushAsync(either.Token);
                await SseFormatter.WriteAsync(Events(either.Token), httpContext.Response.Body, static (item, output) =>
                {
                    using var json = new Utf8JsonWriter(output);
                    JsonSerializer.Serialize(json, item.Data, ApiJson.Default.FileChangeInfo);
                }, either.Token);
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                // The client left, or the server stops.
            }
        }
    }

    private async IAsyncEnumerable<SseItem<FileChangeInfo>> Events([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in watch.Changes.WithCancellation(cancellationToken))
            yield return new SseItem<FileChangeInfo>(new FileChangeInfo { Path = change.Path, From = change.From }, change.Kind);
    }
}
