using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>A large file into a session and out of it again, by HTTP on loopback.</summary>
internal sealed class Transfers : IScenario
{
    private const long Bytes = 256L << 20;
    private const double LeastPerSecond = 300;
    private const string Upload = "files: upload";
    private const string Download = "files: download";

    public string Name => "transfers";

    public string Description => $"PUT and GET of a file of {Bytes >> 20} MiB in a session, one after the other";

    public ServerProfile Profile => ServerProfile.Warm;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        var client = bench.Server.Client;
        var (_, id) = await client.CreateSession(cancellationToken, diskBytes: 2 * Bytes);
        for (var round = 0; round < (bench.Options.Quick ? 2 : 6); round++)
        {
            var up = await client.Upload(id, Bytes, cancellationToken);
            var down = await client.Download(id, cancellationToken);
            if (round == 0)
                continue;
            bench.Report.Series(Upload, "MB/s").Add(Bytes / 1e3 / up);
            bench.Report.Series(Download, "MB/s").Add(Bytes / 1e3 / down);
        }

        await client.EndSession(id, cancellationToken);
        bench.Report.Add(Line("upload into a session, median", Upload, bench));
        bench.Report.Add(Line("download from a session, median", Download, bench));
    }

    private Measure Line(string name, string series, Bench bench) => new()
    {
        Scenario = Name,
        Name = name,
        Unit = "MB/s",
        Value = bench.Report.Of(series).P50,
        Target = Target.AtLeast(LeastPerSecond),
    };
}
