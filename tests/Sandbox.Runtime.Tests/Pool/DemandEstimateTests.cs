using Sandbox.Runtime.Pool;

namespace Sandbox.Runtime.Tests.Pool;

public sealed class DemandEstimateTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DemandEstimate _demand = new();

    [Fact]
    public void Target_NoDemand_IsTheMinimum()
    {
        Assert.Equal(0, _demand.Rate(Start));
        Assert.Equal(3, _demand.Target(Start, minimum: 3, maximum: 10, horizonSeconds: 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Rate_SteadyDemand_ApproachesIt(int perSecond)
    {
        var end = Steady(perSecond, seconds: 300);
        Assert.Equal(perSecond, _demand.Rate(end), perSecond * 0.1);
    }

    [Fact]
    public void Rate_AfterTheDemand_HalvesEveryFifteenSeconds()
    {
        var end = Steady(4, seconds: 120);
        Assert.Equal(_demand.Rate(end) / 2, _demand.Rate(end.AddSeconds(15)), 6);
        Assert.Equal(_demand.Rate(end) / 4, _demand.Rate(end.AddSeconds(30)), 6);
    }

    [Fact]
    public void Target_Demand_GrowsWithTheHorizonUpToTheMaximum()
    {
        var end = Steady(8, seconds: 300);
        var one = _demand.Target(end, 0, 100, 1);
        Assert.InRange(one, 8, 9);
        Assert.InRange(_demand.Target(end, 0, 100, 2), 16, 18);
        Assert.Equal(5, _demand.Target(end, 0, 5, 2));
        Assert.Equal(50, _demand.Target(end, 50, 100, 1));
    }

    [Fact]
    public void Target_MinimumAboveMaximum_IsTheMaximum() => Assert.Equal(2, _demand.Target(Start, minimum: 5, maximum: 2, horizonSeconds: 1));

    [Fact]
    public void Rate_ClockThatGoesBack_DoesNotGrow()
    {
        var end = Steady(4, seconds: 60);
        Assert.Equal(_demand.Rate(end), _demand.Rate(end.AddSeconds(-30)), 6);
    }

    private DateTimeOffset Steady(int perSecond, int seconds)
    {
        var now = Start;
        for (var i = 0; i < perSecond * seconds; i++)
        {
            now = Start.AddSeconds((double)i / perSecond);
            _demand.Record(now);
        }

        return now;
    }
}
