using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Packages;

namespace Sandbox.Grains.Tests.Policies;

/// <summary>Versions that pip is asked for.</summary>
public sealed class PermittedRangesTests
{
    [Theory]
    [InlineData("pandas", "pandas>=2,<3")]
    [InlineData("pandas==2.1", "pandas==2.1,>=2,<3")]
    [InlineData("Some_Thing", "Some_Thing~=1.2")]
    [InlineData("numpy", "numpy")]
    [InlineData("twice", "twice")]
    [InlineData("elsewhere", "elsewhere")]
    [InlineData("pandas[all] @ https://x", "pandas[all] @ https://x")]
    public void Within_AList_IsWhatBothAllow(string asked, string expected) => Assert.Equal(
        [expected],
        PermittedRanges.Within([asked], new PackageAllowlist { Allow = ["pandas>=2,<3", "some-thing~=1.2", "numpy", "twice<2", "twice>=3"] }));

    [Fact]
    public void Within_NoList_IsWhatWasAsked() => Assert.Equal(["a", "b"], PermittedRanges.Within(["a", "b"], null));
}
