using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Sandbox.Egress.Proxy;

/// <summary>
/// A request for a tunnel: <c>CONNECT host:port HTTP/1.1</c>, headers, an empty line (RFC 9110, 9.3.6). The headers say nothing
/// that matters here.
/// </summary>
/// <param name="Host">The host, an IPv6 address without its brackets.</param>
/// <param name="Port">The port.</param>
internal sealed record ConnectRequest(string Host, int Port)
{
    private const int MaxBytes = 16 * 1024;

    private static readonly byte[] Method = Encoding.ASCII.GetBytes("CONNECT ");

    /// <summary>Whether what comes is such a request; nothing is taken.</summary>
    public static async Task<bool> IsNext(PipeReader input, CancellationToken cancellationToken)
    {
        var read = await input.ReadAtLeastAsync(Method.Length, cancellationToken);
        var is_ = read.Buffer.Length >= Method.Length && read.Buffer.Slice(0, Method.Length).ToArray().AsSpan().SequenceEqual(Method);
        input.AdvanceTo(read.Buffer.Start);
        return is_;
    }

    /// <summary>Takes the request, and nothing behind it; null where it is malformed, too long or cut off.</summary>
    public static async Task<ConnectRequest?> Read(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            if (EndOf(read.Buffer) is { } end)
            {
                var head = Encoding.Latin1.GetString(read.Buffer.Slice(0, end));
                input.AdvanceTo(end);
                return Parse(head[..head.IndexOf('\n', StringComparison.Ordinal)].TrimEnd('\r'));
            }

            var over = read.IsCompleted || read.Buffer.Length > MaxBytes;
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (over)
                return null;
        }
    }

    private static SequencePosition? EndOf(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer.Slice(0, Math.Min(buffer.Length, MaxBytes)));
        while (reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
        {
            if (line.IsEmpty || (line.Length == 1 && line.FirstSpan[0] == '\r'))
                return reader.Position;
        }

        return null;
    }

    private static ConnectRequest? Parse(string line)
    {
        if (line.Split(' ') is not ["CONNECT", var target, "HTTP/1.0" or "HTTP/1.1"])
            return null;
        var colon = target.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(target.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return null;
        return new ConnectRequest(target[..colon], port);
    }
}
