using Sandbox.Agent.Files;

namespace Sandbox.Agent.Tests.Files;

public sealed class GlobTests
{
    [Theory]
    [InlineData("a.txt", "a.txt", true)]
    [InlineData("a.txt", "b/a.txt", false)]
    [InlineData("*.txt", "a.txt", true)]
    [InlineData("*.txt", ".txt", true)]
    [InlineData("*.txt", "a.txtx", false)]
    [InlineData("*.txt", "b/a.txt", false)]
    [InlineData("*", "a/b", false)]
    [InlineData("**", "a/b/c", true)]
    [InlineData("**/*.txt", "a.txt", true)]
    [InlineData("**/*.txt", "x/y/a.txt", true)]
    [InlineData("x/**", "x/y/z", true)]
    [InlineData("x/**", "x", true)]
    [InlineData("x/**/z", "x/z", true)]
    [InlineData("x/**/z", "x/y/y/z", true)]
    [InlineData("x/**/z", "y/z", false)]
    [InlineData("?.txt", "ä.txt", true)]
    [InlineData("?.txt", "😀.txt", true)]
    [InlineData("??.txt", "a.txt", false)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("./a", "a", true)]
    [InlineData("out", "out/a", false)]
    [InlineData("[a]", "a", false)]
    public void Matches_Path_ByThePattern(string pattern, string path, bool expected)
    {
        Assert.Equal(expected, Glob.Parse(pattern)!.Matches(path.Split('/')));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("/etc/*")]
    [InlineData("../*")]
    [InlineData("a/../b")]
    public void Parse_PatternThatLeavesTheFolder_IsNone(string? pattern)
    {
        Assert.Null(Glob.Parse(pattern));
    }

    [Theory]
    [InlineData("a/*.txt", "a", true)]
    [InlineData("a/*.txt", "b", false)]
    [InlineData("a/*.txt", "a/b", false)]
    [InlineData("**/x", "a/b/c", true)]
    [InlineData("*.txt", "a", false)]
    public void MayMatchBelow_Folder_SparesWhatCannotMatch(string pattern, string folder, bool expected)
    {
        Assert.Equal(expected, Glob.Parse(pattern)!.MayMatchBelow(folder.Split('/')));
    }

    [Fact]
    public void Matches_PatternMadeToBacktrack_EndsSoon()
    {
        Glob glob = Glob.Parse(string.Join('/', Enumerable.Repeat("**/*a*a*a*a*b", 20)))!;

        Assert.False(glob.Matches([.. Enumerable.Repeat(new string('a', 200), 90)]));
    }
}
