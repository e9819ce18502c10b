using Sandbox.Api.Dashboard.Sessions;

namespace Sandbox.Api.Tests.Dashboard;

public sealed class FolderPathTests
{
    [Theory]
    [InlineData("", "a", "a")]
    [InlineData("a", "b", "a/b")]
    [InlineData("/", "b", "/b")]
    [InlineData("a", "/etc", "/etc")]
    public void Join_IsThePathWithin(string folder, string name, string path) => Assert.Equal(path, FolderPath.Join(folder, name));

    [Theory]
    [InlineData("a", "")]
    [InlineData("a/b", "a")]
    [InlineData("/b", "/")]
    [InlineData("/a/b", "/a")]
    public void Around_IsTheFolderOfIt(string path, string folder) => Assert.Equal(folder, FolderPath.Around(path));

    [Fact]
    public void Trail_LeadsFromTheWorkspaceOrTheRoot()
    {
        Assert.Equal([("workspace", "")], FolderPath.Trail(""));
        Assert.Equal([("workspace", ""), ("a", "a"), ("b", "a/b")], FolderPath.Trail("a/b"));
        Assert.Equal([("/", "/"), ("tmp", "/tmp"), ("x", "/tmp/x")], FolderPath.Trail("/tmp/x"));
    }
}
