namespace Sandbox.Api.E2b.Interpreter;

/// <summary>Languages as these clients name them.</summary>
internal static class CodeLanguages
{
    public const string Python = "python";
    public const string JavaScript = "javascript";
    public const string TypeScript = "typescript";
    public const string Bash = "bash";

    /// <summary>The language that a name means; null where there is none.</summary>
    public static string? Of(string? name) => name?.ToLowerInvariant() switch
    {
        null or "" or "python" or "python3" => Python,
        "javascript" or "js" => JavaScript,
        "typescript" or "ts" => TypeScript,
        "bash" => Bash,
        _ => null,
    };

    /// <summary>The language of the step that code in a language is.</summary>
    public static string OfStep(string language) => language == TypeScript ? JavaScript : language;
}
