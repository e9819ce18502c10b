using System.Text;

namespace Sandbox.Grains.Workflows.Values;

/// <summary>
/// A text of a step's input in which <c>${steps.a.stdout}</c> and <c>${memory.k}</c> stand for values. Everything else is as it is,
/// <c>${HOME}</c> of a shell included; <c>$${steps.</c> and <c>$${memory.</c> stand for themselves without the first sign.
/// Values are put in as they are, and what they hold is not looked at again.
/// </summary>
internal sealed class StepText
{
    private static readonly string[] Openings = ["${steps.", "${memory."];

    // Pieces of text, and between each two of them a value.
    private readonly List<string> _pieces = [];
    private readonly List<ValueReference> _references = [];

    /// <summary>The values that it names, in order.</summary>
    public IReadOnlyList<ValueReference> References => _references;

    /// <summary>The one value that is all there is to it; null where there is more.</summary>
    public ValueReference? Whole => _references is [var only] && _pieces.TrueForAll(static piece => piece.Length == 0) ? only : null;

    /// <summary>Whether a text may have something to be put in.</summary>
    public static bool Mentions(string text) => Array.Exists(Openings, opening => text.Contains(opening, StringComparison.Ordinal));

    /// <summary>Reads a text; or what is wrong with it.</summary>
    public static (StepText? Text, string? Fault) Parse(string text)
    {
        var result = new StepText();
        var piece = new StringBuilder();
        var at = 0;
        while (Next(text, at) is var open and >= 0)
        {
            if (open > 0 && text[open - 1] == '$')
            {
                // The sign before it goes, and what was meant to be a value stays text.
                piece.Append(text, at, open - 1 - at).Append("${");
                at = open + 2;
                continue;
            }

            var end = text.IndexOf('}', open);
            if (end < 0)
                return (null, "A value is named by ${ and has no } behind it.");
            var (reference, fault) = ValueReference.Parse(text[(open + 2)..end]);
            if (reference is null)
                return (null, fault);
            result._pieces.Add(piece.Append(text, at, open - at).ToString());
            result._references.Add(reference);
            piece.Clear();
            at = end + 1;
        }

        result._pieces.Add(piece.Append(text, at, text.Length - at).ToString());
        return (result, null);
    }

    /// <summary>The text with the values in their places.</summary>
    public string With(Func<ValueReference, string> value)
    {
        var text = new StringBuilder(_pieces[0]);
        for (var i = 0; i < _references.Count; i++)
            text.Append(value(_references[i])).Append(_pieces[i + 1]);
        return text.ToString();
    }

    private static int Next(string text, int from)
    {
        var first = -1;
        foreach (var opening in Openings)
        {
            var at = text.IndexOf(opening, from, StringComparison.Ordinal);
            if (at >= 0 && (first < 0 || at < first))
                first = at;
        }

        return first;
    }
}
