using Microsoft.Extensions.Time.Testing;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Tests.Output;

public sealed class OutputPaceTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Count_ABurst_PassesAndWhatIsBeyondWaits()
    {
        var pace = new OutputPace(100, 200, _time);

        Assert.Equal(TimeSpan.Zero, pace.Count(200));
        Assert.Equal(TimeSpan.FromSeconds(1), pace.Count(100));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.Zero, pace.Count(100));
    }

    [Fact]
    public void Count_AfterALongRest_HasOneBurstOnly()
    {
        var pace = new OutputPace(100, 200, _time);
        pace.Count(200);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(TimeSpan.FromSeconds(0.5), pace.Count(250));
    }
}
