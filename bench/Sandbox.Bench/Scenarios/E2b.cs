using System.Globalization;
using Sandbox.Bench.Measurement;
using Sandbox.Bench.Processes;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>What users of E2B's own SDK wait for: its program is run as it is, by a script beside this.</summary>
internal sealed class E2b : IScenario
{
    private const int Sessions = 3;
    private const int StepsPerSession = 60;
    private const double MostBeyond = 2;
    private const double MostCreation = 25;

    private const string Created = "e2b: Sandbox.create and the first runCode";
    private const string Rest = "e2b: the same step by REST, from the same program";
    private const string Called = "e2b: runCode x += 1";

    private static readonly Dictionary<string, string> Names = new() { ["create"] = Created, ["rest"] = Rest, ["runCode"] = Called };

    public string Name => "e2b";

    public string Description =>
        $"E2B's JavaScript SDK: Sandbox.create to the first result, and {StepsPerSession} of runCode and of the same step by REST in turns in each of {Sessions} sessions";

    public ServerProfile Profile => ServerProfile.Warm;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await bench.Server.Pool.Settle("standard", ServerProfile.WarmPython, cancellationToken);
        foreach (var line in (await RunScript(bench, cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split('\t');
            bench.Report.Series(Names[parts[0]], "ms").Add(double.Parse(parts[1], CultureInfo.InvariantCulture));
        }

        Add(bench, "e2b: Sandbox.create and the first runCode, p50", bench.Report.Of(Created).P50, MostCreation);
        Add(bench, "e2b: runCode on a live session, beyond the REST step, p50", bench.Report.Of(Called).P50 - bench.Report.Of(Rest).P50, MostBeyond);
    }

    private static async Task<string> RunScript(Bench bench, CancellationToken cancellationToken)
    {
        var sdk = Path.Combine(Repository.Find().Root, "artifacts", "tools", "e2b-2.51.0");
        if (!Directory.Exists(sdk))
            throw new BenchException($"E2B's SDK is not in {sdk}: ./sandbox bench installs it.");
        var url = bench.Server.Client.Address.AbsoluteUri.TrimEnd('/');
        using var folder = new TemporaryFolder();
        var script = Path.Combine(AppContext.BaseDirectory, "Scenarios", "Scripts", "e2b.mjs");
        var creations = bench.Options.Rounds.ToString(CultureInfo.InvariantCulture);
        var result = await Task.Run(
            () => ChildProcess.Run(
                ["node", script, creations, $"{Sessions}", $"{StepsPerSession}"],
                folder["errors"],
                new Dictionary<string, string> { ["E2B_SDK"] = sdk, ["E2B_API_URL"] = url, ["E2B_SANDBOX_URL"] = url, ["E2B_API_KEY"] = bench.Server.Client.Key },
                cancellationToken),
            cancellationToken);
        return result.ExitCode == 0 ? result.Output : throw new BenchException($"E2B's SDK failed: {result.Errors()}");
    }

    private void Add(Bench bench, string name, double value, double most) => bench.Report.Add(new Measure
    {
        Scenario = Name,
        Name = name,
        Unit = "ms",
        Value = value,
        Target = Target.AtMost(most),
    });
}
