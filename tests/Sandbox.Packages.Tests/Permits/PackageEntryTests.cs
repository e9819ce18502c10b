using Sandbox.Packages.Node;
using Sandbox.Packages.Permits;
using Sandbox.Packages.Python;
using Semver;

namespace Sandbox.Packages.Tests.Permits;

/// <summary>Entries of policies.</summary>
public sealed class PackageEntryTests
{
    [Theory]
    [InlineData("numpy", "numpy")]
    [InlineData(" Zope.Interface >=5 ", "zope-interface")]
    [InlineData("pandas>=2,<3", "pandas")]
    [InlineData("requests[socks]~=2.0", "requests")]
    [InlineData("a (>=1, <2)", "a")]
    public void Python_Entry_NamesThePackage(string entry, string name)
    {
        Assert.True(PackageEntry.IsPython(entry));
        Assert.True(PythonRequirement.TryParse(entry, out var read));
        Assert.Equal(name, read.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-r requirements.txt")]
    [InlineData("*")]
    [InlineData("a b")]
    [InlineData("a @ https://example.org/a.whl")]
    [InlineData("a>=1; python_version>'3'")]
    [InlineData("a==x")]
    [InlineData("../a")]
    [InlineData("ä")]
    public void Python_Nonsense_IsNoEntry(string entry) => Assert.False(PackageEntry.IsPython(entry));

    [Theory]
    [InlineData("lodash", "0.0.1-beta", true)]
    [InlineData("lodash@*", "1.0.0", true)]
    [InlineData("lodash@4", "4.17.21", true)]
    [InlineData("lodash@4", "5.0.0", false)]
    [InlineData("@scope/name@^1.2 || 3.x", "1.9.0", true)]
    [InlineData("@scope/name@^1.2 || 3.x", "1.1.0", false)]
    [InlineData("@scope/name@^1.2 || 3.x", "2.0.0", false)]
    [InlineData("@scope/name@^1.2 || 3.x", "3.4.5", true)]
    [InlineData("@scope/name", "3.4.5", true)]
    [InlineData("a@~1.2.3", "1.2.9", true)]
    [InlineData("a@~1.2.3", "1.3.0", false)]
    [InlineData("a@^0.2.3", "0.3.0", false)]
    [InlineData("a@1.2.3 - 2.3", "2.3.9", true)]
    [InlineData("a@>=1 <1.5 || 2.1.0", "2.1.0", true)]
    [InlineData("a@>1.2.3-alpha.3", "1.2.3-alpha.7", true)]
    [InlineData("a@>1.2.3-alpha.3", "3.4.5-alpha.9", false)]
    [InlineData("a@^1", "1.5.0-rc.1", false)]
    public void Node_Entry_HoldsVersionsAsNpmDoes(string entry, string version, bool holds)
    {
        Assert.True(PackageEntry.IsNode(entry));
        Assert.True(NodeRequirement.TryParse(entry, out var read));
        Assert.Equal(holds, read.Range.Holds(SemVersion.Parse(version, SemVersionStyles.Strict)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("@scope")]
    [InlineData("@scope/")]
    [InlineData("a@")]
    [InlineData("a@latest")]
    [InlineData("a@git+https://example.org/a")]
    [InlineData("a@npm:b@1")]
    [InlineData("../a")]
    [InlineData(".a")]
    [InlineData("a/b")]
    [InlineData("a b")]
    public void Node_Nonsense_IsNoEntry(string entry) => Assert.False(PackageEntry.IsNode(entry));

    [Theory]
    [InlineData("lodash@^4", "lodash@4.17.21", true)]
    [InlineData("lodash@^4", "lodash@=v4.17.21", true)]
    [InlineData("lodash@^4", "lodash@3.10.1", false)]
    [InlineData("lodash@^4", "lodash@v3.10.1", false)]
    [InlineData("lodash@^4", "lodash@4.18.0-rc.1", false)]
    [InlineData("lodash", "lodash@4.18.0-rc.1", true)]
    // What these come to is known only with the registry's versions.
    [InlineData("lodash@^4", "lodash@3", true)]
    [InlineData("lodash@^4", "lodash@<4", true)]
    [InlineData("lodash@^4", "lodash", true)]
    public void Node_ExactVersionOutOfAnEntry_IsToldWithoutARegistry(string entry, string asked, bool mayHold) =>
        Assert.Equal(mayHold, PackageEntry.MayHoldNode(entry, asked));

    [Theory]
    [InlineData("pandas>=2,<3", "pandas==2.1", true)]
    [InlineData("pandas>=2,<3", "pandas==1.5.3", false)]
    [InlineData("pandas>=2,<3", "pandas == 3", false)]
    [InlineData("pandas>=2", "pandas==3rc1", false)]
    [InlineData("pandas", "pandas==3rc1", true)]
    [InlineData("pandas==1.*", "pandas==1.5", true)]
    // An index may have a local version of it, which is held.
    [InlineData("torch==2.0+cpu", "torch==2.0", true)]
    [InlineData("torch===2.0", "torch==2", true)]
    [InlineData("pandas>=2,<3", "pandas==1.*", true)]
    [InlineData("pandas>=2,<3", "pandas<2", true)]
    [InlineData("pandas>=2,<3", "pandas>=1,!=2.1", true)]
    public void Python_ExactVersionOutOfAnEntry_IsToldWithoutAnIndex(string entry, string asked, bool mayHold) =>
        Assert.Equal(mayHold, PackageEntry.MayHoldPython(entry, asked));

    [Fact]
    public void Permit_WithNonsense_IsRefusedAndNamesIt() =>
        Assert.Contains("\"a@latest\"", Assert.Throws<FormatException>(() => PackageAllowance.Of(new([], ["a@latest"], false))).Message, StringComparison.Ordinal);

    [Fact]
    public void Declared_WhereItIsListed_IsStillHeldToTheList()
    {
        var allowed = PackageAllowance.Of(new([], ["a@1", "b"], true)).Node;
        allowed.Declare(["a", "c"]);

        Assert.False(allowed.Allows("a", range => range.Holds(new SemVersion(2, 0, 0))));
        Assert.True(allowed.Allows("c", range => range.Holds(new SemVersion(2, 0, 0))));
    }
}
