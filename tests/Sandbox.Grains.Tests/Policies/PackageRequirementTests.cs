using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Tests.Policies;

public sealed class PackageRequirementTests
{
    [Theory]
    [InlineData("numpy", "numpy", "")]
    [InlineData("Typing_Extensions.Foo>=4", "typing-extensions-foo", ">=4")]
    [InlineData("pandas>=2,<3", "pandas", ">=2,<3")]
    [InlineData("a == 1.*", "a", "== 1.*")]
    [InlineData("a~=1!2.3rc1.post2.dev3+local.1, != 2", "a", "~=1!2.3rc1.post2.dev3+local.1, != 2")]
    public void OfPython_AsPipWritesIt_HasNameAndRange(string text, string name, string range) =>
        Assert.Equal(new PackageRequirement(name, range), PackageRequirement.OfPython(text));

    [Theory]
    [InlineData("")]
    [InlineData(" numpy")]
    [InlineData("-e .")]
    [InlineData("--index-url=http://x")]
    [InlineData("numpy==")]
    [InlineData("numpy>=2,")]
    [InlineData("numpy=2")]
    [InlineData("numpy 2")]
    [InlineData("numpy[extra]")]
    [InlineData("numpy; python_version < '3'")]
    [InlineData("numpy @ https://example.org/x.whl")]
    [InlineData("./numpy")]
    [InlineData("numpy\n--pre")]
    [InlineData("numpy==1.0\n")]
    [InlineData("nümpy")]
    [InlineData("numpy-")]
    public void OfPython_AnythingElse_IsNone(string text) => Assert.Null(PackageRequirement.OfPython(text));

    [Theory]
    [InlineData("lodash", "lodash", "")]
    [InlineData("lodash@4.17.21", "lodash", "4.17.21")]
    [InlineData("@scope/name@^1.2 || 3.x", "@scope/name", "^1.2 || 3.x")]
    [InlineData("a@>=1.2.3 <2", "a", ">=1.2.3 <2")]
    [InlineData("a@1.2 - 2.3.4", "a", "1.2 - 2.3.4")]
    [InlineData("a@*", "a", "*")]
    [InlineData("a@~1.2.3-beta.1", "a", "~1.2.3-beta.1")]
    public void OfNode_AsNpmWritesIt_HasNameAndRange(string text, string name, string range) =>
        Assert.Equal(new PackageRequirement(name, range), PackageRequirement.OfNode(text));

    [Theory]
    [InlineData("")]
    [InlineData("Lodash")]
    [InlineData("lodash@")]
    [InlineData("lodash@latest")]
    [InlineData("lodash@file:../x")]
    [InlineData("a@npm:b@1")]
    [InlineData("git+https://example.org/x")]
    [InlineData("../x")]
    [InlineData(".hidden")]
    [InlineData("@scope")]
    [InlineData("@/name")]
    [InlineData("a@1 ||")]
    [InlineData("a b")]
    [InlineData("a@1\n")]
    public void OfNode_AnythingElse_IsNone(string text) => Assert.Null(PackageRequirement.OfNode(text));

    [Fact]
    public void AnyText_TooLong_IsNone()
    {
        var text = new string('a', PackageRequirement.MaxLength + 1);
        Assert.Null(PackageRequirement.OfPython(text));
        Assert.Null(PackageRequirement.OfNode(text));
    }
}
