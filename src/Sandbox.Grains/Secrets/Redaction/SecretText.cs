using System.Text;

namespace Sandbox.Grains.Secrets.Redaction;

/// <summary>Texts and contents that are there as a whole, or come as a stream.</summary>
internal static class SecretText
{
    /// <summary>The text with all values masked.</summary>
    public static string Mask(this SecretPatterns? patterns, string text)
    {
        if (patterns is null)
            return text;
        var redactor = new StreamRedactor(patterns);
        var piece = redactor.Add(Encoding.UTF8.GetBytes(text));
        redactor.LetGo();
        return Encoding.UTF8.GetString(piece.Written.ToArray());
    }
}
