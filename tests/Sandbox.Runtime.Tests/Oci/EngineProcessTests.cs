using Sandbox.Runtime.Oci;

namespace Sandbox.Runtime.Tests.Oci;

public sealed class EngineProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-test-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Log => Path.Combine(_folder, "log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_ThatFails_AnswersWithItsExitCodeAndAllThatItSaid() =>
        Assert.Equal((3, "out\nerr"), await EngineProcess.Run(["sh", "-c", "cat; echo out; echo err >&2; exit 3"], Log, Token));

    [Fact]
    public async Task Run_ThatSucceeds_SaysNothingButInItsLog()
    {
        Assert.Equal((0, string.Empty), await EngineProcess.Run(["echo", "fine"], Log, Token));
        Assert.Equal("fine\n", await File.ReadAllTextAsync(Log, Token));
    }

    [Fact]
    public async Task Run_ProgramIsMissing_TellsWhy() =>
        Assert.Equal((127, "no-such-engine: No such file or directory"), await EngineProcess.Run(["no-such-engine"], Log, Token));

    [Fact]
    public async Task Run_NamespaceIsMissing_RunsNothing() =>
        Assert.Equal((127, "/no/namespace: No such file or directory"), await EngineProcess.Run(["echo", "run"], Log, Token, "/no/namespace"));

    [Fact]
    public async Task Run_Descriptors_AreNothingAndTheLog()
    {
        var (_, said) = await EngineProcess.Run(["sh", "-c", "for fd in /proc/$$/fd/*; do readlink $fd; done; exit 1"], Log, Token);
        Assert.Equal(["/dev/null", Log, Log], said.Split('\n'));
    }

    [Fact]
    public async Task Run_Cancelled_KillsIt()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var mark = Path.Combine(_folder, "mark");
        var running = EngineProcess.Run(["sh", "-c", $"echo $$ > {mark}.new; mv {mark}.new {mark}; sleep 600"], Log, cancel.Token);
        while (!File.Exists(mark))
            await Task.Yield();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        var process = Path.Combine("/proc", (await File.ReadAllTextAsync(mark, Token)).Trim());
        while (Directory.Exists(process))
            await Task.Yield();
    }
}
