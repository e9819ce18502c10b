using Sandbox.Api.DynamicSessions;

namespace Sandbox.Api.Tests.DynamicSessions;

public sealed class PoolPathsTests
{
    [Theory]
    [InlineData(null, "a.txt", "a.txt")]
    [InlineData(null, "/mnt/data/a.txt", "a.txt")]
    [InlineData(null, "/mnt/data", "")]
    [InlineData(null, "sub/a.txt", "sub/a.txt")]
    [InlineData("sub", "a.txt", "sub/a.txt")]
    [InlineData("/mnt/data/sub", "a.txt", "sub/a.txt")]
    [InlineData("/", "a.txt", "a.txt")]
    [InlineData(null, "..a", "..a")]
    [InlineData(null, "/etc/passwd", null)]
    [InlineData(null, "/mnt/database", null)]
    [InlineData(null, "../a", null)]
    [InlineData("..", "a", null)]
    [InlineData(null, "/mnt/data/../../etc", null)]
    [InlineData(null, "a\0b", null)]
    [InlineData(null, null, null)]
    public void ToSandbox_OfANameOfAClient_IsBelowTheWorkspaceOrNone(string? folder, string? name, string? expected) =>
        Assert.Equal(expected, PoolPaths.ToSandbox(folder, name));
}
