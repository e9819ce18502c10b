using Sandbox.Api.Dashboard.Grains;
using Sandbox.Api.Dashboard.Overview;

namespace Sandbox.Api.Tests.Dashboard;

/// <summary>What pages compute: counts by minute, quantiles, pages of grains.</summary>
public sealed class FigureTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Minutes_ThatHavePassed_AreForgottenAndTheOldestComesFirst()
    {
        var counts = new MinuteCounts();
        counts.Add(Noon, 2);
        counts.Add(Noon.AddMinutes(1), 3);
        counts.Add(Noon.AddMinutes(1).AddSeconds(59), 4);

        Assert.Equal([2, 7], counts.Read(Noon.AddMinutes(1)).TakeLast(2));
        Assert.Equal(0, counts.Read(Noon.AddMinutes(1))[^3]);
        Assert.Equal([2, 7], counts.Read(Noon.AddMinutes(59)).Take(2));
        Assert.Equal(7, counts.Read(Noon.AddMinutes(60))[0]);
        Assert.Equal(0, counts.Read(Noon.AddMinutes(61)).Sum());
        counts.Add(Noon.AddDays(1), 1);
        Assert.Equal(1, counts.Read(Noon.AddDays(1)).Sum());
    }

    [Fact]
    public void Minutes_AfterTheClockWasSetBack_CountForTheLastOne()
    {
        var counts = new MinuteCounts();
        counts.Add(Noon, 1);

        counts.Add(Noon.AddHours(-1), 1);

        Assert.Equal(2, counts.Read(Noon)[^1]);
    }

    [Fact]
    public void Quantiles_AreOfTheLastThousand()
    {
        var samples = new LastSamples();
        Assert.Null(samples.Quantile(0.5));
        for (var i = 1; i <= LastSamples.Most + 100; i++)
            samples.Add(i);

        Assert.Equal((LastSamples.Most, 600d, 1050d), (samples.Count, samples.Quantile(0.5), samples.Quantile(0.95)));
    }

    [Fact]
    public void Grains_AreFoundByTypeSiloAndText_AndPagesMeetWithoutGapOrRepetition()
    {
        LiveGrain[] all = [.. Enumerable.Range(0, 25).Select(static i => new LiveGrain(i % 2 == 0 ? "job" : "session", $"id_{i:00}", i % 5 == 0 ? "member-1" : "member-2"))];

        var seen = new List<LiveGrain>();
        string? after = null;
        do
        {
            var page = new GrainSearch(null, null, null, after, 10).Select(all);
            seen.AddRange(page.Items);
            after = page.NextCursor;
        }
        while (after is not null);

        Assert.Equal(all.OrderBy(static grain => grain.Place, StringComparer.Ordinal), seen);
        var found = new GrainSearch("job", "member-1", "ID_2", null, 10).Select(all);
        Assert.Equal([new LiveGrain("job", "id_20", "member-1")], found.Items);
        Assert.Equal((1, 2, 2), (found.Matching, found.Types.Count, found.Silos.Count));
        Assert.Equal(new GrainCount("job", 13), found.Types[0]);
    }
}
