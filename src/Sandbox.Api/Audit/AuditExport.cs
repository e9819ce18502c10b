using System.Buffers;
using System.Text;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Audit;

/// <summary>
/// Events as lines of JSON, oldest first. Each holds the event byte for byte as it was hashed, so that whoever has the lines can
/// check the chain without this server.
/// </summary>
internal sealed class AuditExport(IAsyncEnumerable<AuditEntry> entries) : IResult
{
    public const string ContentType = "application/x-ndjson";

    private const int FlushBytes = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = ContentType;
        var body = httpContext.Response.BodyWriter;
        await foreach (var entry in entries.WithCancellation(httpContext.RequestAborted))
        {
            var head = $$"""{"sequence":{{entry.Sequence}},"previousHash":"{{entry.PreviousHash}}","hash":"{{entry.Hash}}","event":""";
            body.Write(Encoding.UTF8.GetBytes(head));
            body.Write(entry.Body.Span);
            body.Write("}\n"u8);
            if (body.UnflushedBytes >= FlushBytes)
                await body.FlushAsync(httpContext.RequestAborted);
        }

        await body.FlushAsync(httpContext.RequestAborted);
    }
}
