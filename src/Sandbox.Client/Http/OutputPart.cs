using System.Globalization;

namespace Sandbox.Client;

/// <summary>A part of the output of a background command, or of a service's program.</summary>
public sealed class OutputPart
{
    private OutputPart(byte[] bytes, long start, long next, long total, bool ended) =>
        (Bytes, Start, Next, Total, HasEnded) = (bytes, start, next, total, ended);

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Offset of the first of them; more than was asked for where earlier output is not kept any more.</summary>
    public long Start { get; }

    /// <summary>Offset of what follows: where to go on.</summary>
    public long Next { get; }

    /// <summary>Bytes so far.</summary>
    public long Total { get; }

    /// <summary>Whether no bytes will follow these.</summary>
    public bool HasEnded { get; }

    internal static async Task<OutputPart> Read(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return new OutputPart(
            bytes, Number(response, "Output-Start"), Number(response, "Output-Next"), Number(response, "Output-Total"), Text(response, "Output-Ended") == "true");
    }

    private static string? Text(HttpResponseMessage response, string header) => response.Headers.TryGetValues(header, out var values) ? values.First() : null;

    private static long Number(HttpResponseMessage response, string header) =>
        long.TryParse(Text(response, header), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
