using System.Text;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Grains.Output;

/// <summary>The output of one stream as text.</summary>
internal static class OutputText
{
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
