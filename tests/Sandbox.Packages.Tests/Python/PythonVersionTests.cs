using Sandbox.Packages.Python;

namespace Sandbox.Packages.Tests.Python;

/// <summary>PEP 440, mostly with its own examples.</summary>
public sealed class PythonVersionTests
{
    // "Summary of permitted suffixes and relative ordering", with what "Adding local version identifiers" says.
    private static readonly string[] Ascending =
    [
        "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456", "1.0b2.post345",
        "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0+5.1", "1.0+20240102030405060708091011", "1.0.post456.dev34", "1.0.post456", "1.0.15", "1.1.dev1", "1.10",
        "2013.10", "2014.4", "1!0.9", "1!1.0", "2!0",
    ];

    [Fact]
    public void Versions_OfThePep_AreInItsOrder()
    {
        var read = Ascending.Select(text => PythonVersion.Parse(text)!).ToArray();
        for (var left = 0; left < read.Length; left++)
        {
            for (var right = 0; right < read.Length; right++)
                Assert.True(Math.Sign(read[left].CompareTo(read[right])) == left.CompareTo(right), $"{Ascending[left]} and {Ascending[right]}");
        }
    }

    [Theory]
    [InlineData("1.1RC1", "1.1rc1")]
    [InlineData("00", "0")]
    [InlineData("09000", "9000")]
    [InlineData("1.0+foo0100", "1.0+foo0100")]
    [InlineData("1.1.a1", "1.1a1")]
    [InlineData("1.1-a1", "1.1a1")]
    [InlineData("1.1a.1", "1.1a1")]
    [InlineData("1.1alpha1", "1.1a1")]
    [InlineData("1.1beta2", "1.1b2")]
    [InlineData("1.1c3", "1.1rc3")]
    [InlineData("1.1preview3", "1.1rc3")]
    [InlineData("1.2a", "1.2a0")]
    [InlineData("1.2-post2", "1.2.post2")]
    [InlineData("1.2.rev4", "1.2.post4")]
    [InlineData("1.0-1", "1.0.post1")]
    [InlineData("1.2.post", "1.2.post0")]
    [InlineData("1.2-dev2", "1.2.dev2")]
    [InlineData("1.2.dev", "1.2.dev0")]
    [InlineData("1.0+ubuntu-1", "1.0+ubuntu.1")]
    [InlineData("v1.0", "1.0")]
    [InlineData(" 1.0\n", "1.0")]
    [InlineData("1.0", "1.0.0")]
    [InlineData("0!1", "1")]
    public void Version_WrittenAnotherWay_IsTheSame(string one, string other) =>
        Assert.Equal(0, PythonVersion.Parse(one)!.CompareTo(PythonVersion.Parse(other)));

    [Theory]
    [InlineData("")]
    [InlineData("latest")]
    [InlineData("1.0.")]
    [InlineData("1..0")]
    [InlineData("1.0x")]
    [InlineData("1.0+")]
    [InlineData("1.0+a..b")]
    [InlineData("1.0a1b2")]
    [InlineData("-1")]
    [InlineData("1!2!3")]
    [InlineData("١.0")]
    [InlineData("99999999999999999999")]
    public void Text_ThatIsNoVersion_IsNotRead(string text) => Assert.Null(PythonVersion.Parse(text));

    [Theory]
    // "Compatible release"
    [InlineData("~=2.2", "2.2", true)]
    [InlineData("~=2.2", "2.9.1", true)]
    [InlineData("~=2.2", "3.0", false)]
    [InlineData("~=2.2", "2.1", false)]
    [InlineData("~=1.4.5", "1.4.9", true)]
    [InlineData("~=1.4.5", "1.5", false)]
    [InlineData("~=2.2.post3", "2.2", false)]
    [InlineData("~=2.2.post3", "2.3", true)]
    [InlineData("~=1.4.5a4", "1.4.5a5", true)]
    [InlineData("~=2.2.0", "2.2.5", true)]
    [InlineData("~=2.2.0", "2.3.0", false)]
    [InlineData("~=1!2.2", "1!2.3", true)]
    [InlineData("~=2.2", "1!2.3", false)]
    // "Version matching"
    [InlineData("==1.1", "1.1", true)]
    [InlineData("==1.1", "1.1.0", true)]
    [InlineData("==1.1", "1.1.post1", false)]
    [InlineData("==1.1.post1", "1.1.post1", true)]
    [InlineData("==1.1.*", "1.1.post1", true)]
    [InlineData("==1.1.*", "1.1", true)]
    [InlineData("==1.1.*", "1.10", false)]
    [InlineData("==1.1.0.*", "1.1", true)]
    [InlineData("==1.1", "1.1a1", false)]
    [InlineData("==1.1", "1.1+local", true)]
    [InlineData("==1.1+local", "1.1+local", true)]
    [InlineData("==1.1+local", "1.1", false)]
    [InlineData("==1.1+local.1", "1.1+local-1", true)]
    // "Version exclusion"
    [InlineData("!=1.1", "1.1.post1", true)]
    [InlineData("!=1.1.post1", "1.1.post1", false)]
    [InlineData("!=1.1.*", "1.1.post1", false)]
    [InlineData("!=1.1", "1.1+local", false)]
    // "Inclusive ordered comparison"
    [InlineData("<=1.1", "1.1+local", true)]
    [InlineData(">=1.1", "1.1+local", true)]
    [InlineData(">=2,<3", "2.9", true)]
    [InlineData(">=2, <3", "3", false)]
    [InlineData(">=2,<3", "1.9", false)]
    [InlineData(">=2", "1!0", true)]
    // "Exclusive ordered comparison"
    [InlineData(">1.7", "1.7.1", true)]
    [InlineData(">1.7", "1.7.0.post1", false)]
    [InlineData(">1.7.post2", "1.7.1", true)]
    [InlineData(">1.7.post2", "1.7.0.post3", true)]
    [InlineData(">1.7.post2", "1.7.0", false)]
    [InlineData(">1.7", "1.7+local", false)]
    [InlineData("<3,>=2.0a1", "3.0rc1", false)]
    [InlineData("<3.0rc2", "3.0rc1", true)]
    // "Arbitrary equality"
    [InlineData("===1.0", "1.0", true)]
    [InlineData("===1.0", "1.0.0", false)]
    [InlineData("===1.0", "1.0+downstream1", false)]
    // "Handling of pre-releases"
    [InlineData(">=1", "2.0b1", false)]
    [InlineData(">=1,!=2.0rc1", "2.0b1", false)]
    [InlineData(">=2.0a1", "2.0b1", true)]
    [InlineData("", "2.0b1", true)]
    [InlineData("", "1", true)]
    public void Range_HoldsAVersion_AsThePepSays(string range, string version, bool holds) =>
        Assert.Equal(holds, PythonRange.Parse(range)!.Holds(PythonVersion.Parse(version)!, version));

    [Theory]
    [InlineData("=1")]
    [InlineData("1")]
    [InlineData("==")]
    [InlineData(">=1.*")]
    [InlineData("~=1")]
    [InlineData("~=1.2.*")]
    [InlineData(">=1+local")]
    [InlineData("==1+local.*")]
    [InlineData("==1.dev0.*")]
    [InlineData(">=1,,<2")]
    [InlineData(">=1 <2")]
    [InlineData("^1.2")]
    public void Text_ThatIsNoRange_IsNotRead(string text) => Assert.Null(PythonRange.Parse(text));
}
