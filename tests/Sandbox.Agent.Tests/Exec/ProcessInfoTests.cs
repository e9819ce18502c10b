using Sandbox.Agent.Exec;

namespace Sandbox.Agent.Tests.Exec;

public sealed class ProcessInfoTests
{
    [Theory]
    [InlineData("12 (sh) S 1 12 11 0 -1", 'S', 1, 12, 11)]
    [InlineData("12 (a) R 9 9 9 (b) Z 3 4 5 0", 'Z', 3, 4, 5)]
    [InlineData("12 (\n) S) X 3 4 5 0", 'X', 3, 4, 5)]
    public void Parse_Stat_TakesWhatFollowsTheName(string stat, char state, int parent, int group, int session)
    {
        Assert.Equal(new ProcessInfo(12, state, parent, group, session), ProcessInfo.Parse(12, stat));
    }

    [Fact]
    public void Parse_Stat_TakesTheStart()
    {
        Assert.Equal(4711, ProcessInfo.Parse(12, "12 (a b) S 1 12 11 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 99")!.Value.Started);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12 (sh")]
    [InlineData("12 (sh) S 1")]
    [InlineData("12 (sh) S x y z")]
    public void Parse_Malformed_IsNobody(string stat)
    {
        Assert.Null(ProcessInfo.Parse(12, stat));
    }
}
