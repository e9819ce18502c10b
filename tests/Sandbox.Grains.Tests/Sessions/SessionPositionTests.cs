using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Tests.Sessions;

public sealed class SessionPositionTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("7")]
    [InlineData("7;9")]
    [InlineData("7;9-12;14:8192;15:1")]
    public void Text_OfAPosition_IsReadBack(string text) => Assert.Equal(text, Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData(" 1")]
    [InlineData("1;")]
    [InlineData("1;1")]
    [InlineData("5;3")]
    [InlineData("1;4-3")]
    [InlineData("1;3:")]
    [InlineData("1;3:-1")]
    [InlineData("1;3-5:7")]
    [InlineData("1;3;3:5")]
    [InlineData("9223372036854775807")]
    [InlineData("1;9223372036854775808")]
    public void Text_OfNoPosition_IsRefused(string text) => Assert.False(SessionPosition.TryParse(text, out _));

    [Fact]
    public void Text_TooLong_IsRefused() =>
        Assert.False(SessionPosition.TryParse("0;" + string.Join(';', Enumerable.Range(1, 3000).Select(step => step * 2)), out _));

    [Fact]
    public void Unseen_OfAVeryLongRun_CostsNothing()
    {
        var position = Parse("0;2-9223372036854775806");

        Assert.Equal([(1L, 0L)], position.Unseen(long.MaxValue - 1));
    }

    [Fact]
    public void Unseen_OfAPosition_AreTheGapsAndTheStepsSeenInPart() =>
        Assert.Equal([(8L, 0L), (13L, 0L), (14L, 8192L), (15L, 0L), (16L, 0L)], Parse("7;9-12;14:8192").Unseen(16));

    [Fact]
    public void Unseen_NoFurtherThanTheLastStep() => Assert.Equal([(8L, 0L)], Parse("7;9-12;14:8192").Unseen(10));

    [Fact]
    public void Seen_StepsThatEndInAnotherOrder_JoinAndRaiseTheFloor()
    {
        var position = SessionPosition.Start.Seen(1, 5, ended: false).Seen(3, 1, ended: true).Seen(2, 4, ended: false).Seen(4, 1, ended: true);
        Assert.Equal("0;1:5;2:4;3-4", position.ToString());

        position = position.Seen(2, 9, ended: true);
        Assert.Equal("0;1:5;2-4", position.ToString());

        Assert.Equal("4", position.Seen(1, 6, ended: true).ToString());
    }

    private static SessionPosition Parse(string text)
    {
        Assert.True(SessionPosition.TryParse(text, out var position), text);
        return position;
    }
}
