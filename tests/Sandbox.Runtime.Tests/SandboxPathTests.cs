namespace Sandbox.Runtime.Tests;

public sealed class SandboxPathTests
{
    [Theory]
    [InlineData("", "/workspace")]
    [InlineData("a b/c", "/workspace/a b/c")]
    [InlineData("./a//b/.", "/workspace/a/b")]
    [InlineData("/", "/")]
    [InlineData("//etc//passwd", "/etc/passwd")]
    [InlineData("...", "/workspace/...")]
    [InlineData("n\nl\u0001ü\U0001F600\uFFFD", "/workspace/n\nl\u0001ü\U0001F600\uFFFD")]
    public void Resolve_ALegalPath_IsAbsolute(string path, string expected) => Assert.Equal(expected, SandboxPath.Resolve(path));

    [Theory]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("/../etc")]
    [InlineData("a\0b")]
    public void Resolve_AnIllegalPath_IsNull(string path) => Assert.Null(SandboxPath.Resolve(path));

    [Fact]
    public void Resolve_HalfOfASurrogatePair_IsNull() => Assert.Null(SandboxPath.Resolve("a" + '\ud800'));

    [Fact]
    public void Resolve_TooLong_IsNull()
    {
        Assert.NotNull(SandboxPath.Resolve(new string('n', SandboxPath.MaxNameBytes)));
        Assert.Null(SandboxPath.Resolve(new string('n', SandboxPath.MaxNameBytes + 1)));
        Assert.Null(SandboxPath.Resolve(new string('ü', 128)));
        Assert.Null(SandboxPath.Resolve(string.Concat(Enumerable.Repeat("ab/", 1400))));
        Assert.Null(SandboxPath.Resolve(new string('/', 100_000_000)));
    }
}
