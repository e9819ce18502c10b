using Sandbox.Grains.Workflows.Values;

namespace Sandbox.Grains.Tests.Workflows;

public sealed class StepTextTests
{
    [Theory]
    [InlineData("no values", "no values")]
    [InlineData("${steps.a.stdout}", "<steps.a.stdout>")]
    [InlineData("x${memory.k}y${steps.a-b.result.p.0}z", "x<memory.k>y<steps.a-b.result.p.0>z")]
    [InlineData("${HOME} $HOME ${x:-1} $$ ${", "${HOME} $HOME ${x:-1} $$ ${")]
    [InlineData("$${steps.a.stdout} $${memory.k}", "${steps.a.stdout} ${memory.k}")]
    [InlineData("$${HOME}", "$${HOME}")]
    [InlineData("$${steps.broken ${steps.a.stdout}", "${steps.broken <steps.a.stdout>")]
    [InlineData("${steps.a.artifacts.sub/out file.csv}", "<steps.a.artifacts.sub/out file.csv>")]
    public void Text_WithValues_HasThemInTheirPlaces(string text, string expected)
    {
        var (parsed, fault) = StepText.Parse(text);
        Assert.Null(fault);
        Assert.Equal(expected, parsed!.With(reference => $"<{reference}>"));
    }

    [Fact]
    public void Values_AreNotLookedAtAgain()
    {
        var (parsed, _) = StepText.Parse("${memory.k}");
        Assert.Equal("${steps.a.stdout}", parsed!.With(_ => "${steps.a.stdout}"));
    }

    [Theory]
    [InlineData("${steps.a}")]
    [InlineData("${steps.a.stdout.x}")]
    [InlineData("${steps.a.artifacts}")]
    [InlineData("${steps.a.stdout")]
    [InlineData("${steps.a.stdout\n}")]
    [InlineData("${memory.}")]
    [InlineData("${memory...}")]
    [InlineData("${memory.a/b}")]
    public void Text_WithWhatNamesNothing_IsRefused(string text) => Assert.NotNull(StepText.Parse(text).Fault);
}
