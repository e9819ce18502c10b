using System.CommandLine;
using System.CommandLine.Parsing;
using Sandbox.Cli.Client;
using Sandbox.Cli.Terminal;

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
    };

    public Option<string?> Isolation { get; } = new("--isolation")
    {
        Description = "standard (kernel namespaces) or strong (gVisor).",
        HelpName = "CLASS",
    };

    public Option<string[]> Files { get; } = new("--file", "-f")
    {
        Description = "A file for the workspace, under its own path or as NAME=PATH. Repeatable.",
        HelpName = "PATH",
        Arity = ArgumentArity.OneOrMore,
    };

    public Option<string[]> Env { get; } = Repeatable("--env", "-e", "KEY=VALUE", "An environment variable. Repeatable.");

    public Option<string[]> Arg { get; } = Repeatable("--arg", null, "VALUE", "An argument of the program. Repeatable.");

    public Option<bool> Stdin { get; } = new("--stdin") { Description = "Give the program this command's standard input. Default: empty." };

    public Option<double?> Timeout { get; } = new("--timeout") { Description = "Wall-clock limit.", HelpName = "SECONDS" };

    public Option<double?> Cpu { get; } = new("--cpu") { Description = "Processors, in whole or parts.", HelpName = "N" };

    public Option<long?> Memory { get; } = Size("--memory", "Memory limit, such as 512M.");

    public Option<long?> Disk { get; } = Size("--disk", "Limit of the workspace's size.");

    public Option<int?> Processes { get; } = new("--processes") { Description = "Limit of processes and threads.", HelpName = "N" };

    public Option<long?> OutputLimit { get; } = Size("--output-limit", "Limit of the program's output.");

    public Option<string[]> Artifacts { get; } =
        Repeatable("--artifact", null, "GLOB", "Files to keep and download when the program has ended. Repeatable.");

    public Option<string?> Output { get; } = new("--output", "-o") { Description = "Folder for the artifacts. Default: the current one.", HelpName = "DIR" };

    public Option<string[]> Metadata { get; } = Repeatable("--metadata", null, "KEY=VALUE", "A label to find the job by. Repeatable.");

    public Option<bool> Detach { get; } = new("--detach", "-d") { Description = "Print the job's id and return at once." };

    public void AddTo(Command command)
    {
        command.Add(File);
        command.Add(Arguments);
        foreach (var option in (Option[])
            [
                Language, Isolation, Files, Env, Arg, Stdin, Timeout, Cpu, Memory, Disk, Processes, OutputLimit,
                Artifacts, Output, Metadata, Detach,
            ])
            command.Add(option);
    }

    /// <summary>
    /// A misspelt option must not become an argument of the program, and the limit it was meant to set be forgotten:
    /// words with a dash are arguments only after <c>--</c>.
    /// </summary>
    public void RefuseUnknown(ParseResult parsed)
    {
        var afterDashes = parsed.Tokens.SkipWhile(t => t.Type != TokenType.DoubleDash).Skip(1).Count();
        Token[] words = [.. parsed.GetResult(File)?.Tokens ?? [], .. parsed.GetResult(Arguments)?.Tokens ?? []];
        var unknown = words.SkipLast(afterDashes).FirstOrDefault(t => t.Value.Length > 1 && t.Value[0] == '-');
        if (unknown is not null)
            throw new CliException($"unknown option '{unknown.Value}'. Arguments of the program go after --.");
    }

    /// <summary>The limits asked for; null where none is, so that the server's defaults hold.</summary>
    public JobLimits? ReadLimits(ParseResult parsed)
    {
        var limits = new JobLimits(
            parsed.GetValue(Cpu),
            parsed.GetValue(Memory),
            parsed.GetValue(Disk),
            parsed.GetValue(Processes),
            parsed.GetValue(Timeout),
            parsed.GetValue(OutputLimit));
        return limits == new JobLimits() ? null : limits;
    }

    private static Option<string[]> Repeatable(string name, string? alias, string helpName, string description) =>
        new(name, alias is null ? [] : [alias]) { Description = description, HelpName = helpName, Arity = ArgumentArity.OneOrMore };

    private static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = ParseSize,
    };

    private static long? ParseSize(ArgumentResult result)
    {
        if (Units.TryParseBytes(result.Tokens[0].Value, out var bytes))
            return bytes;
        result.AddError($"'{result.Tokens[0].Value}' is not a size; write for example 512M or 1G.");
        return null;
    }
}
