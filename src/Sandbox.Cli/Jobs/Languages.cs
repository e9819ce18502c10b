using Sandbox.Cli.Server;

namespace Sandbox.Cli.Jobs;

/// <summary>Tells the language of a source file when the caller does not.</summary>
internal static class Languages
{
    private static readonly Dictionary<string, string> s_extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        [".py"] = "python",
        [".js"] = "javascript",
        [".mjs"] = "javascript",
        [".cjs"] = "javascript",
        [".sh"] = "bash",
    };

    private static readonly (string Interpreter, string Language)[] s_interpreters =
        [("python", "python"), ("node", "javascript"), ("bash", "bash"), ("sh", "bash")];

    /// <summary>By extension, else by the first line's <c>#!</c>.</summary>
    public static string Guess(string file, string code) => TryGuess(file, code) ?? throw new CliException(
        $"cannot tell the language of {(file == "-" ? "standard input" : file)}; name it with --language, for example --language python.");

    /// <summary>The same; null where neither tells.</summary>
    public static string? TryGuess(string file, string code) =>
        s_extensions.TryGetValue(Path.GetExtension(file), out var language) ? language : FromFirstLine(code);

    private static string? FromFirstLine(string code)
    {
        if (!code.StartsWith("#!", StringComparison.Ordinal))
            return null;
        var end = code.IndexOf('\n', StringComparison.Ordinal);
        var words = (end < 0 ? code[2..] : code[2..end]).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var program = words.Select(Path.GetFileName).FirstOrDefault(w => w != "env" && w?.StartsWith('-') == false);
        if (program is null)
            return null;
        return s_interpreters.FirstOrDefault(i => program.StartsWith(i.Interpreter, StringComparison.Ordinal)).Language;
    }
}
