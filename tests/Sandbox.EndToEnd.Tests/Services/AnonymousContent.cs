using System.IO.Pipelines;
using System.Net;

namespace Sandbox.EndToEnd.Tests.Services;

/// <summary>A body that a test writes while it is sent.</summary>
internal sealed class AnonymousContent : HttpContent
{
    private readonly Pipe _pipe = new();

    public async Task Write(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => await _pipe.Writer.WriteAsync(bytes, cancellationToken);

    public void End() => _pipe.Writer.Complete();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        while (true)
        {
            var read = await _pipe.Reader.ReadAsync();
            foreach (var piece in read.Buffer)
                await stream.WriteAsync(piece);
            await stream.FlushAsync();
            _pipe.Reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
