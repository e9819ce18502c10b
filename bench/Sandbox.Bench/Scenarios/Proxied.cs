using System.Diagnostics;
using System.Globalization;
using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>
/// What going through the server costs a service: the same program, by Node, once in a sandbox behind the proxy and once beside it on
/// the host's loopback, asked by the same client.
/// </summary>
internal sealed class Proxied : IScenario
{
    private const double MostOverhead = 1;
    private const double LeastPerSecond = 5000;
    private const double LeastStreamed = 500;
    private const int Clients = 16;
    private const long Bytes = 512L << 20;
    private const string Direct = "proxy: direct";
    private const string Through = "proxy: through";
    private const string Stream = "proxy: streamed";
    private const string DirectStream = "proxy: streamed direct";

    public string Name => "proxy";

    public string Description => "requests to a service in a sandbox, beside the same program reached directly";

    public ServerProfile Profile => ServerProfile.Warm;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        using var program = StartDirect();
        try
        {
            var client = bench.Server.Client;
            var (id, path) = await client.StartService(ServedProgram.JavaScript, ServedProgram.Port, cancellationToken);
            var direct = new Uri($"http://127.0.0.1:{await program.Port(cancellationToken)}/");
            await Latency(bench, direct, path, cancellationToken);
            await Throughput(bench, path, cancellationToken);
            await Streaming(bench, direct, path, cancellationToken);
            await client.StopService(id, cancellationToken);
        }
        finally
        {
            program.Kill();
        }
    }

    private async Task Latency(Bench bench, Uri direct, string path, CancellationToken cancellationToken)
    {
        var client = bench.Server.Client;
        for (var round = 0; round < (bench.Options.Quick ? 300 : 3000); round++)
        {
            // In turn, so that both meet the same moments of the machine.
            var one = await client.Fetch(direct.ToString(), cancellationToken);
            var other = await client.Fetch(path, cancellationToken);
            if (round < 100)
                continue;
            bench.Report.Series(Direct, "ms").Add(one);
            bench.Report.Series(Through, "ms").Add(other);
        }

        var (through, beside) = (bench.Report.Of(Through).P50, bench.Report.Of(Direct).P50);
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = "a request through the proxy, beyond a direct one, p50",
            Unit = "ms",
            Value = through - beside,
            Target = Target.AtMost(MostOverhead),
            Note = string.Create(CultureInfo.InvariantCulture, $"{through:0.00} ms and {beside:0.00} ms"),
        });
    }

    private async Task Throughput(Bench bench, string path, CancellationToken cancellationToken)
    {
        var client = bench.Server.Client;
        var load = await Load.Run(
            Clients, TimeSpan.FromSeconds(bench.Options.Quick ? 5 : 15), (_, token) => client.Fetch(path, token), cancellationToken);
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = $"requests a second, {Clients} clients",
            Unit = "1/s",
            Value = load.PerSecond,
            Target = Target.AtLeast(LeastPerSecond),
            Note = load.Failed > 0 ? $"{load.Failed} failed: {load.FirstFailure}" : null,
            HasFailed = load.Failed > 0,
        });
    }

    private async Task Streaming(Bench bench, Uri direct, string path, CancellationToken cancellationToken)
    {
        var client = bench.Server.Client;
        for (var round = 0; round < (bench.Options.Quick ? 2 : 5); round++)
        {
            bench.Report.Series(Stream, "MB/s").Add(Bytes / 1e3 / await client.Drain($"{path}stream?{Bytes}", Bytes, cancellationToken));
            bench.Report.Series(DirectStream, "MB/s").Add(Bytes / 1e3 / await client.Drain($"{direct}stream?{Bytes}", Bytes, cancellationToken));
        }

        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = "streamed from a service, median",
            Unit = "MB/s",
            Value = bench.Report.Of(Stream).P50,
            Target = Target.AtLeast(LeastStreamed),
            Note = string.Create(CultureInfo.InvariantCulture, $"directly {bench.Report.Of(DirectStream).P50:0}"),
        });
    }

    private static DirectProgram StartDirect() => new(Process.Start(new ProcessStartInfo(
        "node", ["-e", ServedProgram.JavaScript.Replace(".listen(", ".on('listening', function () { console.log(this.address().port); }).listen(", StringComparison.Ordinal)])
    {
        Environment = { ["PORT"] = "0" },
        RedirectStandardOutput = true,
    })!);

    private sealed class DirectProgram(Process process) : IDisposable
    {
        public async Task<int> Port(CancellationToken cancellationToken) =>
            int.Parse(await process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new BenchException("node did not listen."), CultureInfo.InvariantCulture);

        public void Kill() => process.Kill();

        public void Dispose() => process.Dispose();
    }
}
