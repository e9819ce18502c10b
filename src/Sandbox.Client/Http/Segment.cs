namespace Sandbox.Client;

/// <summary>Ids and names as one part of a path.</summary>
internal static class Segment
{
    /// <summary>The part of a path, escaped.</summary>
    /// <param name="text">The id or name.</param>
    /// <exception cref="ArgumentException">It is empty or made of dots, so that the path would lead to another resource than the one that was meant.</exception>
    public static string Of(string text) =>
        text is "" or "." or ".." ? throw new ArgumentException($"'{text}' is no id and no name.") : Uri.EscapeDataString(text);
}
