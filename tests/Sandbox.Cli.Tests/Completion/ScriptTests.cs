using Sandbox.Cli.Completion;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Completion;

public sealed class ScriptTests
{
    [Theory]
    [InlineData("bash", @"'/o'\''dd $(id)/sandbox'")]
    [InlineData("zsh", @"'/o'\''dd $(id)/sandbox'")]
    [InlineData("fish", @"'/o\'dd $(id)/sandbox'")]
    [InlineData("pwsh", "'/o''dd $(id)/sandbox'")]
    public void Script_QuotesTheProgram_AsItsShellDoes(string shell, string quoted)
    {
        var script = CompletionScripts.Of(shell, "/o'dd $(id)/sandbox", null);

        Assert.Contains(quoted + " \"[suggest:", script, StringComparison.Ordinal);
        Assert.DoesNotContain("@", script.Replace("${(@f)", string.Empty, StringComparison.Ordinal).Replace("[@]", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shell_ThatIsNotKnown_IsRefusedWithThoseThatAre()
    {
        var result = await new CliRun().Run("completion", "tcsh");

        Assert.Equal(125, result.ExitCode);
        Assert.Contains("bash", result.ErrorText, StringComparison.Ordinal);
    }
}
