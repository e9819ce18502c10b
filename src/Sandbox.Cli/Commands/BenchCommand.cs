using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sandbox.Cli.Bench;
using Sandbox.Cli.Output;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox bench …</c>: a running server, measured as its users see it.</summary>
internal static class BenchCommand
{
    private const double SessionSeconds = 3600;

    public static Command Create(CommandContext context)
    {
        var command = new Command("bench", "Measure a running server from here: how long jobs or steps take from request to answer, and how many end in a second.")
        {
            Jobs(context), Steps(context),
        };
        context.Examples.Add(command, """
              sandbox bench jobs -n 200 -c 4
              sandbox bench steps -n 1000 --json
            """);
        return command;
    }

    private static Command Jobs(CommandContext context)
    {
        var options = new BenchOptions("pass");
        var command = options.AddTo(new Command("jobs", "Jobs, each in a fresh sandbox. They stay in the server's list."));
        context.Examples.Add(command, "  sandbox bench jobs -n 200 -c 4 --code 'print(sum(range(1000)))'");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var request = new JobRequest
            {
                Language = parsed.GetValue(options.Language),
                Code = parsed.GetValue(options.Code),
                Isolation = parsed.GetValue(options.Isolation),
                Metadata = new Dictionary<string, string> { ["bench"] = "jobs" },
            };
            return await Measure(context, parsed, options.Read("jobs", parsed), async (_, token) =>
            {
                var job = (await api.Jobs.RunAsync(request, cancellationToken: token)).Value;
                return job.Status == JobStatus.Succeeded ? null : $"{job.Status} {job.Cause}".TrimEnd();
            }, interrupted);
        });
        return command;
    }

    private static Command Steps(CommandContext context)
    {
        var options = new BenchOptions("1 + 1");
        var command = options.AddTo(new Command("steps", "Steps, in a session for each of those that run at a time; the sessions are ended afterwards."));
        context.Examples.Add(command, "  sandbox bench steps -n 1000 -c 2 --isolation strong");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var order = options.Read("steps", parsed);
            var request = new SessionRequest
            {
                Language = parsed.GetValue(options.Language),
                Isolation = parsed.GetValue(options.Isolation),
                TtlSeconds = SessionSeconds,
                Metadata = new Dictionary<string, string> { ["bench"] = "steps" },
            };
            var step = new StepRequest { Code = parsed.GetValue(options.Code) };
            var sessions = new List<string>();
            try
            {
                while (sessions.Count < order.Concurrency)
                    sessions.Add((await api.Sessions.CreateAsync(request, cancellationToken: interrupted)).Value.Id);
                return await Measure(context, parsed, order, async (caller, token) =>
                {
                    var ended = (await api.Sessions.Steps.RunAsync(sessions[caller], step, cancellationToken: token)).Value;
                    return ended.Status == StepStatus.Succeeded ? null : $"{ended.Status} {ended.Cause}".TrimEnd();
                }, interrupted);
            }
            finally
            {
                // Also after Ctrl-C.
                foreach (var session in sessions)
                    await End(context, api, session);
            }
        });
        return command;
    }

    private static async Task End(CommandContext context, SandboxClient api, string session)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await api.Sessions.EndAsync(session, limit.Token);
        }
        catch (Exception e) when (e is SandboxException or OperationCanceledException)
        {
            context.Console.Tell($"{session} could not be ended; end it with `sandbox session rm {session}`");
        }
    }

    private static async Task<int> Measure(
        CommandContext context, ParseResult parsed, BenchOrder order, Func<int, CancellationToken, Task<string?>> work, CancellationToken interrupted)
    {
        var found = await new BenchRunner(context.Console).Run(order, Answered, interrupted);
        if (context.Json(parsed))
            await JsonText.Write(context.Console.Output, JsonSerializer.SerializeToUtf8Bytes(found, CliJson.Default.Measurement));
        else
            Show(context.Console, found);
        return found.IsClean ? 0 : ExitCodes.SandboxFailed;

        // What is refused has failed; where nobody answers there is nothing to measure.
        async Task<string?> Answered(int caller, CancellationToken token)
        {
            try
            {
                return await work(caller, token);
            }
            catch (SandboxException e) when (e.Failure == SandboxFailure.Refused && e.Status is 429 or >= 500)
            {
                return e.Code ?? $"HTTP {e.Status}";
            }
        }
    }

    private static void Show(CliConsole console, Measurement found)
    {
        Line(found.What, string.Create(CultureInfo.InvariantCulture, $"{found.Count}, {found.Concurrency} at a time, in {found.Seconds:0.###} s"));
        Line("throughput", string.Create(CultureInfo.InvariantCulture, $"{found.PerSecond:0.#} a second"));
        Line("p50", Milliseconds(found.Milliseconds.P50));
        Line("p95", Milliseconds(found.Milliseconds.P95));
        Line("p99", Milliseconds(found.Milliseconds.P99));
        Line("min, max", $"{Milliseconds(found.Milliseconds.Min)}, {Milliseconds(found.Milliseconds.Max)}");
        foreach (var (why, count) in found.Failures)
            Line("failed", $"{count}: {Printable.Line(why)}");

        void Line(string name, string value) => TextTable.WriteField(console, name, value);
    }

    private static string Milliseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} ms");
}
