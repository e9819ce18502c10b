using System.Text.RegularExpressions;

namespace Sandbox.EndToEnd.Tests.Kills;

/// <summary>
/// Programs that prove how often they ran: each start prints a random number of its own before numbered lines.
/// </summary>
internal static partial class Witness
{
    /// <summary>A job that prints so many lines, with pauses between them.</summary>
    public static object Job(int lines, double pause, string language = "python", string isolation = "standard") => new
    {
        language,
        isolation,
        code = language switch
        {
            "python" => $"import os, time\nprint('nonce', os.urandom(8).hex(), flush=True)\nfor i in range({lines}):\n    print('line', i, flush=True)\n    time.sleep({pause:0.0000})\n'done'",
            "javascript" => $"console.log('nonce', require('crypto').randomBytes(8).toString('hex')); let i = 0; const t = setInterval(() => {{ if (i < {lines}) console.log('line', i++); else clearInterval(t); }}, {pause * 1000:0})",
            _ => $"echo nonce $(od -An -N8 -tx1 /dev/urandom | tr -d ' '); for ((i = 0; i < {lines}; i++)); do echo line $i; sleep {pause:0.0000}; done",
        },
        limits = new { outputBytes = 4 << 20 },
    };

    /// <summary>Asserts one complete run: one number, every line once and in order; answers with the number.</summary>
    public static string AssertRanOnce(Job job, int lines)
    {
        Assert.True(job is { Status: "succeeded", Attempts: 1 }, $"{job.Id}: {job.Status} {job.Cause}, {job.Attempts} attempts: {job.Stderr}");
        var nonce = Nonce().Match(job.Stdout!);
        Assert.True(nonce.Success, $"{job.Id} printed no number of its own first: {job.Stdout![..Math.Min(200, job.Stdout!.Length)]}");
        Assert.Equal(nonce.Value + string.Concat(Enumerable.Range(0, lines).Select(i => $"line {i}\n")), job.Stdout);
        return nonce.Value;
    }

    [GeneratedRegex("^nonce [0-9a-f]{16}\n")]
    private static partial Regex Nonce();
}
