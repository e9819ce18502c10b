using System.Buffers;
using System.Text;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Grains.Output;

/// <summary>The output of one stream as text.</summary>
internal static class OutputText
{
    /// <summary>The same of no more than so many bytes, without a last character that is not whole; whether it is not all.</summary>
    public static (string Text, bool Cut) BeginningOf(IReadOnlyList<OutputEvent> events, string kind, int mostBytes)
    {
        var length = 0L;
        foreach (var entry in events)
            length += entry.Kind == kind ? entry.Data.Length : 0;
        if (length <= mostBytes)
            return (Of(events, kind), false);
        var beginning = new byte[mostBytes];
        var at = 0;
        foreach (var entry in events.Where(entry => entry.Kind == kind))
        {
            var part = Math.Min(entry.Data.Length, mostBytes - at);
            entry.Data.AsSpan(0, part).CopyTo(beginning.AsSpan(at));
            at += part;
        }

        var whole = Rune.DecodeLastFromUtf8(beginning, out _, out var last) == OperationStatus.Done ? mostBytes : mostBytes - last;
        return (Encoding.UTF8.GetString(beginning, 0, whole), true);
    }

    /// <summary>UTF-8 with replacement, decoded as a whole, so that a character may be split over two pieces.</summary>
    public static string Of(IEnumerable<OutputEvent> events, string kind)
    {
        var parts = events.Where(entry => entry.Kind == kind).Select(entry => entry.Data).ToList();
        if (parts.Count == 1)
            return Encoding.UTF8.GetString(parts[0]);
        var all = new byte[parts.Sum(part => part.Length)];
        var at = 0;
        foreach (var part in parts)
        {
            part.CopyTo(all, at);
            at += part.Length;
        }

        return Encoding.UTF8.GetString(all);
    }
}
