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

    [Theory]
    [InlineData("bash", "SANDBOX_DATA=${SANDBOX_DATA:-'/data'} ")]
    [InlineData("zsh", "SANDBOX_DATA=${SANDBOX_DATA:-'/data'} ")]
    // Of the whole function: one of the block alone would be gone before the program is asked.
    [InlineData("fish", "set -fx SANDBOX_DATA '/data'")]
    [InlineData("pwsh", "$env:SANDBOX_DATA = $before")]
    public void Script_GivesTheDataFolderToTheProgramAlone(string shell, string text) =>
        Assert.Contains(text, CompletionScripts.Of(shell, "/sandbox", "/data"), StringComparison.Ordinal);

    [Fact]
    public async Task Shell_ThatIsNotKnown_IsRefusedWithThoseThatAre()
    {
        var result = await new CliRun().Run("completion", "tcsh");

        Assert.Equal(125, result.ExitCode);
        Assert.Contains("bash", result.ErrorText, StringComparison.Ordinal);
    }
}
