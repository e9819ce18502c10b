using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sandbox.Bench.Reporting;

/// <summary>The results for programs.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Writes the file whole, with the folders above it.</summary>
    public static async Task Write(
        BenchOptions options, Report report, MachineFacts machine, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        var document = new
        {
            StartedAt = startedAt,
            FinishedAt = DateTimeOffset.UtcNow,
            Options = new { options.Only, options.Quick, options.SustainedSeconds, options.WarmupRounds, options.Rounds },
            Machine = machine,
            report.Measures,
            Samples = report.Distributions().Select(entry => new { entry.Series.Name, entry.Series.Unit, entry.Quantiles }),
        };
        Directory.CreateDirectory(Path.GetDirectoryName(options.Output)!);
        var staging = options.Output + ".new";
        await using (var file = File.Create(staging))
            await JsonSerializer.SerializeAsync(file, document, Format, cancellationToken);
        File.Move(staging, options.Output, overwrite: true);
    }
}
