using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Tests.Templates;

public sealed class TreeHashTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Of_EqualTrees_IsEqual() => Assert.Equal(Hash("a", root => File.WriteAllText(root + "/x", "1")), Hash("b", root => File.WriteAllText(root + "/x", "1")));

    [Fact]
    public void Of_TreesThatDiffer_Differs()
    {
        string[] hashes =
        [
            Hash("empty", _ => { }),
            Hash("file", root => File.WriteAllText(root + "/x", "1")),
            Hash("content", root => File.WriteAllText(root + "/x", "2")),
            Hash("name", root => File.WriteAllText(root + "/y", "1")),
            Hash("folder", root => Directory.CreateDirectory(root + "/x")),
            Hash("deeper", root => File.WriteAllText(Directory.CreateDirectory(root + "/d").FullName + "/x", "1")),
            Hash("beside", root => { Directory.CreateDirectory(root + "/d"); File.WriteAllText(root + "/x", "1"); }),
            Hash("link", root => File.CreateSymbolicLink(root + "/x", "/nowhere")),
            Hash("other link", root => File.CreateSymbolicLink(root + "/x", "/elsewhere")),
        ];
        Assert.Equal(hashes, hashes.Distinct());
    }

    [Fact]
    public void Of_LinkToAFolder_IsNotFollowed() =>
        Assert.Equal(Hash("loop", root => File.CreateSymbolicLink(root + "/self", ".")), Hash("again", root => File.CreateSymbolicLink(root + "/self", ".")));

    private string Hash(string name, Action<string> make)
    {
        var root = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        make(root);
        return TreeHash.Of(root);
    }
}
