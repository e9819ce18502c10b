using System.CommandLine;
using System.CommandLine.Parsing;
using Sandbox.Bench.Reporting;

namespace Sandbox.Bench;

/// <summary>The command line.</summary>
internal static class BenchCommand
{
    private static readonly Option<string[]> Only = new("--only")
    {
        Description = "Measure only this; may be given several times: " + string.Join(", ", Runner.Scenarios.Select(scenario => scenario.Name)) + ".",
        HelpName = "NAME",
    };

    private static readonly Option<bool> Quick = new("--quick") { Description = "Few repetitions: shows that everything works." };

    private static readonly Option<int?> Seconds = new("--seconds")
    {
        Description = $"Length of the sustained load (default {BenchOptions.DefaultSeconds}; {BenchOptions.QuickSeconds} with --quick).",
        HelpName = "N",
    };

    private static readonly Option<string?> Output = new("--output")
    {
        Description = "File for the results as JSON (default artifacts/bench/results.json of the repository).",
        HelpName = "FILE",
    };

    private const string Description = """
        Measures Sandbox over HTTP, on a server of its own, beside the same work by bare processes in the same run.

        Exit codes: 0 all targets met; 1 a target missed; 3 something could not be measured; 130 interrupted.
        """;

    /// <summary>Runs a command line to its exit code.</summary>
    public static async Task<int> Invoke(string[] arguments, CancellationToken interrupted)
    {
        Only.AcceptOnlyFromAmong([.. Runner.Scenarios.Select(scenario => scenario.Name)]);
        Seconds.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int?>() is < 2 or > 3600)
                result.AddError("--seconds must be from 2 to 3600.");
        });
        var root = new RootCommand(Description) { Only, Quick, Seconds, Output };
        root.SetAction((parsed, token) => Measure(parsed, token));
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, interrupted);
        foreach (var error in parsed.Errors)
            await Console.Error.WriteLineAsync(error.Message);
        await Console.Error.WriteLineAsync("Try --help.");
        return ExitCodes.Usage;
    }

    private static async Task<int> Measure(ParseResult parsed, CancellationToken cancellationToken)
    {
        var progress = new Progress();
        try
        {
            var repository = Repository.Find();
            var options = Read(parsed, repository);
            var report = new Report();
            var machine = MachineFacts.Read();
            var begin = DateTimeOffset.UtcNow;
            await new Runner(repository, options, report, progress).Run(cancellationToken);
            progress.End();
            ResultTable.Print(report, machine);
            await ResultFile.Write(options, report, machine, begin, cancellationToken);
            Console.WriteLine($"JSON: {options.Output}");
            return report.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            progress.End();
            await Console.Error.WriteLineAsync("Interrupted; nothing was written.");
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (e is BenchException or IOException or UnauthorizedAccessException)
        {
            progress.End();
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.NotMeasured;
        }
    }

    private static BenchOptions Read(ParseResult parsed, Repository repository)
    {
        var isQuick = parsed.GetValue(Quick);
        return new BenchOptions(
            parsed.GetValue(Only) ?? [],
            isQuick,
            parsed.GetValue(Seconds) ?? (isQuick ? BenchOptions.QuickSeconds : BenchOptions.DefaultSeconds),
            Path.GetFullPath(parsed.GetValue(Output) ?? repository.DefaultOutput));
    }
}
