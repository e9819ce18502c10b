using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Storage.Bench;

/// <summary>The audit record with many events: what asking, verifying and exporting cost then.</summary>
internal static class AuditBench
{
    private const string Tenant = "audit";
    private const int Actors = 100;
    private const int EventsOfAJob = 3;
    private const int Writers = 512;
    private const int Page = 50;
    private const int Repetitions = 200;

    private static readonly string[] Actions = [AuditActions.JobSubmitted, AuditActions.JobStarted, AuditActions.JobEnded];

    /// <summary>An event as an accepted job has it.</summary>
    public static AuditEvent Event(string tenant, int number) => new AuditEvent(
        tenant, new AuditActor($"agent-{number / EventsOfAJob % Actors}", "member"), Actions[number % EventsOfAJob],
        new AuditResource(AuditResourceTypes.Job, $"job_{number / EventsOfAJob:d26}"), AuditOutcomes.Succeeded)
    {
        Decision = new PolicyDecision("default", 1, true),
        TraceId = "0af7651916cd43dd8448eb211c80319c",
    }.With(("language", "python"), ("isolation", "standard"), ("cpu", "1"), ("memoryBytes", "268435456"), ("wallSeconds", "60"));

    public static async Task Run(IAuditLog log, IAuditQueries queries, int events)
    {
        Tell("append", events, events / await Seconds(() => Fill(log, events)), "perSecond");
        // One of its kind, and the oldest: whoever filters by something common besides has to look at all of that.
        var (middle, rare) = (events / 2 / EventsOfAJob, AuditActions.JobDenied);
        var page = new AuditQuery(Tenant, Page);
        (string Name, AuditQuery Query)[] asked =
        [
            ("newest", page),
            ("time, in the middle", page with { From = DateTimeOffset.UnixEpoch, To = await TimeOf(queries, events / 2) }),
            ("cursor, in the middle", page with { Before = events / 2 }),
            ("resource", page with { Resource = $"job_{middle:d26}" }),
            ("actor", page with { Actor = "agent-1" }),
            ("action", page with { Action = AuditActions.JobEnded }),
            ("outcome", page with { Outcome = AuditOutcomes.Succeeded }),
            ("actor and action", page with { Actor = "agent-1", Action = AuditActions.JobEnded }),
            ("actor and an action that it never did", page with { Actor = "agent-1", Action = rare }),
            ("action that none did, and a common outcome", page with { Action = rare, Outcome = AuditOutcomes.Succeeded }),
            ("common action, and an outcome that none had", page with { Action = AuditActions.JobEnded, Outcome = AuditOutcomes.Denied }),
        ];
        foreach (var (name, query) in asked)
            Tell($"query: {name}", events, await Median(() => queries.Query(query)), "p50Ms");
        Tell("verify", events, await Seconds(() => queries.Verify(Tenant)), "seconds");
        Tell("export", events, await Seconds(async () => await queries.Export(Tenant, 0, null, null).CountAsync()), "seconds");
    }

    private static async Task Fill(IAuditLog log, int events)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number < events)
                await log.Append(Event(Tenant, number));
        })));
    }

    private static async Task<DateTimeOffset> TimeOf(IAuditQueries queries, long sequence)
    {
        var found = await queries.Query(new AuditQuery(Tenant, 1) { Before = sequence + 1 });
        using var body = JsonDocument.Parse(found.Items[0].Body);
        return body.RootElement.GetProperty("time").GetDateTimeOffset();
    }

    private static async Task<double> Median(Func<Task> ask)
    {
        var taken = new List<double>();
        for (var i = 0; i < Repetitions && (i < 5 || taken.Sum() < 3000); i++)
            taken.Add(1000 * await Seconds(ask));
        return taken.Order().ElementAt(taken.Count / 2);
    }

    private static async Task<double> Seconds(Func<Task> act)
    {
        var start = Stopwatch.GetTimestamp();
        await act();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Tell(string what, int events, double value, string unit) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $$"""{"bench":"audit","what":"{{what}}","events":{{events}},"{{unit}}":{{Math.Round(value, 3)}}}"""));
}
