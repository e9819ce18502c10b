using Sandbox.Packages.Python;

namespace Sandbox.Packages.Tests.Python;

/// <summary>Which version a file is of.</summary>
public sealed class PythonFileNameTests
{
    [Theory]
    [InlineData("numpy", "numpy-2.0.1-cp311-cp311-manylinux_2_17_x86_64.whl", "2.0.1")]
    [InlineData("a-b", "A_B-1.0-2-py3-none-any.whl", "1.0")]
    [InlineData("torch", "torch-2.1.0+cpu-cp311-none-any.whl", "2.1.0+cpu")]
    [InlineData("a-b", "a-b-1.0.tar.gz", "1.0")]
    [InlineData("a-b", "a_b-1.0-1.tar.gz", "1.0-1")]
    [InlineData("a", "a-1!2.0.zip", "1!2.0")]
    public void File_OfThePackage_SaysItsVersion(string package, string file, string version) =>
        Assert.Equal(version, PythonFileName.VersionOf(package, file));

    [Theory]
    [InlineData("a", "b-1.0-py3-none-any.whl")]
    [InlineData("a", "a-1.0-none-any.whl")]
    [InlineData("a", "a-b-1.0-x-y-z-py3-none-any.whl")]
    [InlineData("a", "ab-1.0.tar.gz")]
    [InlineData("a", "a-1.0.tar.bz2")]
    [InlineData("a", "a-1.0.exe")]
    [InlineData("a", "a-1.0-py3.11.egg")]
    [InlineData("a", "../a-1.0.tar.gz")]
    [InlineData("a", "a-1.0\n.tar.gz")]
    [InlineData("a", "")]
    public void File_OfAnotherKindOrPackage_IsNone(string package, string file) => Assert.Null(PythonFileName.VersionOf(package, file));
}
