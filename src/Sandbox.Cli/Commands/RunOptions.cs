using System.CommandLine;

namespace Sandbox.Cli.Commands;

/// <summary>Arguments and options of <c>sandbox run</c>.</summary>
internal sealed class RunOptions
{
    public Argument<string> File { get; } = new("FILE") { Description = "The source file, or - for standard input." };

    public Argument<string[]> Arguments { get; } = new("ARGS")
    {
        Description = "Arguments of the program, after --.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public Option<string?> Language { get; } = new("--language", "-l")
    {
        Description = "python, javascript, bash, or another language of the server. Default: told by the file.",
        HelpName = "NAME",
        CompletionSources = { "python", "javascript", "bash" },
    };

    public Option<string?> Template { get; } = new("--template", "-t")
    {
        Description = "What the sandbox is made from. Default: the host's own programs.",
        HelpName = "NAME",
    };

    public Option<string?> Isolation { get; } = new("--isolation")
    {
        Description = "standard (kernel namespaces) or strong (gVisor).",
        HelpName = "CLASS",
        CompletionSources = { "standard", "strong" },
    };

    public Option<string?> Policy { get; } = new("--policy") { Description = "Policy to run under. Default: the tenant's default, or the key's.", HelpName = "NAME" };

    public Option<string[]> Files { get; } = new("--file", "-f")
    {
        Description = "A file for the workspace, under its own path or as NAME=PATH. Repeatable.",
        HelpName = "PATH",
        Arity = ArgumentArity.OneOrMore,
    };

    public Option<string[]> Env { get; } = Repeatable("--env", "-e", "KEY=VALUE", "An environment variable. Repeatable.");

    public Option<string[]> Secrets { get; } = Repeatable("--secret", null, "NAME", "A secret of the tenant that the program is to have. Repeatable.");

    public Option<string[]> Arg { get; } = Repeatable("--arg", null, "VALUE", "An argument of the program. Repeatable.");

    public Option<bool> Stdin { get; } = new("--stdin") { Description = "Give the program this command's standard input. Default: empty." };

    public LimitOptions Limits { get; } = new();

    public Option<string[]> Artifacts { get; } =
        Repeatable("--artifact", null, "GLOB", "Files to keep and download when the program has ended. Repeatable.");

    public Option<string?> Output { get; } = new("--output", "-o") { Description = "Folder for the artifacts, in which files of their names are replaced. Default: the current one, in which none is.", HelpName = "DIR" };

    public Option<string[]> Metadata { get; } = Repeatable("--metadata", null, "KEY=VALUE", "A label to find the job by. Repeatable.");

    public Option<bool> Detach { get; } = new("--detach", "-d") { Description = "Print the job's id and return at once." };

    public void AddTo(Command command)
    {
        command.Add(File);
        command.Add(Arguments);
        foreach (var option in (Option[])[Language, Template, Isolation, Policy, Files, Env, Secrets, Arg, Stdin, .. Limits.All, Artifacts, Output, Metadata, Detach])
            command.Add(option);
    }

    /// <summary>Refuses words with a dash before <c>--</c>; see <see cref="WordsAfterDashes"/>.</summary>
    public void RefuseUnknown(ParseResult parsed) => WordsAfterDashes.Split(parsed, File, Arguments);

    private static Option<string[]> Repeatable(string name, string? alias, string helpName, string description) =>
        new(name, alias is null ? [] : [alias]) { Description = description, HelpName = helpName, Arity = ArgumentArity.OneOrMore };
}
