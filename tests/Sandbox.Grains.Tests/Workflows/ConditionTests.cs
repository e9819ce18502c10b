using System.Text.Json;
using Sandbox.Grains.Workflows.Values;

namespace Sandbox.Grains.Tests.Workflows;

public sealed class ConditionTests
{
    private static readonly Dictionary<string, StepValue> Values = new()
    {
        ["steps.a.exitCode"] = StepValue.Of(3),
        ["steps.a.stdout"] = StepValue.Of("42\n"),
        ["steps.a.status"] = StepValue.Of("failed"),
        ["steps.a.result.deep.0"] = StepValue.Of(JsonElement.Parse("true")),
        ["memory.mode"] = StepValue.Of("full"),
        ["memory.list"] = StepValue.Of(JsonElement.Parse("[1,2]")),
    };

    [Theory]
    [InlineData("steps.a.exitCode == 3", true)]
    [InlineData("steps.a.exitCode != 3", false)]
    [InlineData("${steps.a.exitCode} >= 2 && steps.a.exitCode < 4", true)]
    [InlineData("steps.a.stdout == 42", true)]
    [InlineData("steps.a.stdout == '42'", true)]
    [InlineData("steps.a.stdout > 9", true)]
    [InlineData("steps.a.status == 'failed' || steps.a.none == 1", true)]
    [InlineData("!(steps.a.status == \"failed\")", false)]
    [InlineData("steps.a.result.deep.0", true)]
    [InlineData("steps.a.result.deep.0 == true", true)]
    [InlineData("steps.a.result.none == null", true)]
    [InlineData("steps.a.result.none", false)]
    [InlineData("steps.a.result.none == 0", false)]
    [InlineData("memory.mode contains 'ul'", true)]
    [InlineData("memory.list contains '2'", true)]
    [InlineData("memory.mode < 3", false)]
    [InlineData("memory.mode >= 3", false)]
    [InlineData("'it\\'s' == 'it\\'s'", true)]
    [InlineData("!!true", true)]
    [InlineData("false || false && true", false)]
    public void Condition_OverValues_IsMetOrNot(string text, bool met)
    {
        text = text.Replace("steps.a.none", "steps.a.result.none", StringComparison.Ordinal);
        var (condition, fault) = Condition.Parse(text);
        Assert.Null(fault);
        Assert.Equal(met, condition!.IsMet(reference => Values.GetValueOrDefault(reference.ToString(), StepValue.Null)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("steps.a.exitCode ==")]
    [InlineData("steps.a.exitCode == 1 2")]
    [InlineData("steps.a == 1")]
    [InlineData("steps.a.exitCode.x == 1")]
    [InlineData("(true")]
    [InlineData("System.IO.File == 1")]
    [InlineData("exit(1)")]
    [InlineData("1 + 1")]
    [InlineData("'open")]
    [InlineData("true; false")]
    [InlineData("1e999 > 0")]
    public void Condition_ThatIsNone_IsRefusedWithAReason(string text)
    {
        var (condition, fault) = Condition.Parse(text);
        Assert.Null(condition);
        Assert.NotEmpty(fault!);
    }

    [Fact]
    public void Condition_TooLongOrTooDeep_IsRefused()
    {
        Assert.NotNull(Condition.Parse(string.Join(" && ", Enumerable.Repeat("true", 1000))).Fault);
        Assert.NotNull(Condition.Parse(new string('(', 40) + "true" + new string(')', 40)).Fault);
        Assert.NotNull(Condition.Parse(new string('!', 1990) + "true").Condition);
    }
}
