using Sandbox.Api.E2b;

namespace Sandbox.Api.Tests.E2b;

public sealed class SandboxPathsTests
{
    [Theory]
    [InlineData(null, "/home/user")]
    [InlineData("", "/home/user")]
    [InlineData("~", "/home/user")]
    [InlineData("~/a", "/home/user/a")]
    [InlineData("a/./b//c/", "/home/user/a/b/c")]
    [InlineData("../../..", "/")]
    [InlineData("../../etc/passwd", "/etc/passwd")]
    [InlineData("/workspace/a", "/home/user/a")]
    [InlineData("/workspaces", "/workspaces")]
    [InlineData("/tmp/../tmp/a", "/tmp/a")]
    public void Absolute_OfAPath_IsWhatAClientCallsIt(string? path, string expected) => Assert.Equal(expected, SandboxPaths.Absolute(path));

    [Theory]
    [InlineData("/home/user", "/workspace")]
    [InlineData("/home/user/a", "/workspace/a")]
    [InlineData("/home/users", "/home/users")]
    [InlineData("/tmp", "/tmp")]
    public void ToSandbox_OfAnAbsolutePath_IsWhereItIs(string path, string expected)
    {
        Assert.Equal(expected, SandboxPaths.ToSandbox(path));
        Assert.Equal(path, SandboxPaths.ToClient(expected));
    }
}
