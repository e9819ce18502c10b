using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Tests.Policies;

public sealed class LeftOutMembersTests
{
    private const LimitMembers All = LimitMembers.Cpu | LimitMembers.MemoryBytes | LimitMembers.DiskBytes
        | LimitMembers.Processes | LimitMembers.WallSeconds | LimitMembers.OutputBytes;

    private static readonly ResourceLimits Asked = new(2, 2000, 2000, 20, 60, 200);
    private static readonly PolicyLimits Most = new() { Cpu = 1, MemoryBytes = 1000, DiskBytes = 1000, Processes = 10, WallSeconds = 5.5, OutputBytes = 100 };

    [Fact]
    public void Complete_AllLeftOut_IsTheBounds() =>
        Assert.Equal(new ResourceLimits(1, 1000, 1000, 10, 5.5, 100), LeftOutMembers.Complete(Asked, All, Most));

    [Fact]
    public void Complete_AllNamed_IsLeftForTheRules() => Assert.Equal(Asked, LeftOutMembers.Complete(Asked, LimitMembers.None, Most));

    [Fact]
    public void Complete_NoBounds_ChangesNothing() => Assert.Equal(Asked, LeftOutMembers.Complete(Asked, All, new PolicyLimits()));

    [Fact]
    public void Complete_OneNamed_LowersTheOthers() =>
        Assert.Equal(new ResourceLimits(1, 1000, 1000, 20, 5.5, 100), LeftOutMembers.Complete(Asked, All & ~LimitMembers.Processes, Most));

    [Fact]
    public void Complete_OnlyMemoryBound_DiskFitsInto() =>
        Assert.Equal(500, LeftOutMembers.Complete(Asked, All, new PolicyLimits { MemoryBytes = 500 }).DiskBytes);

    [Theory]
    [InlineData(true, 60.0, 60)]
    [InlineData(false, 60.0, 3600)]
    [InlineData(true, 7200.0, 3600)]
    [InlineData(true, null, 3600)]
    public void Complete_TimeToLive_IsShortenedWhereItIsLeftOut(bool leftOut, double? most, double expected) => Assert.Equal(
        expected, LeftOutMembers.Complete(Session(null) with { TtlLeftOut = leftOut }, new EffectivePermit { MaxTtlSeconds = most }).TtlSeconds);

    [Theory]
    [InlineData(null, 30.0, 30.0)]
    [InlineData(10.0, 30.0, 10.0)]
    [InlineData(40.0, 30.0, 40.0)]
    [InlineData(null, null, null)]
    public void Complete_IdleSeconds_AreTheBoundWhereTheyAreLeftOut(double? asked, double? most, double? expected) => Assert.Equal(
        expected, LeftOutMembers.Complete(Session(asked), new EffectivePermit { MaxIdleSeconds = most }).IdleSeconds);

    private static SessionSpec Session(double? idle) => new(
        "python", null, IsolationClasses.Standard, Asked, 3600, idle, IdleActions.End, new Dictionary<string, string>(), new Dictionary<string, string>());
}
