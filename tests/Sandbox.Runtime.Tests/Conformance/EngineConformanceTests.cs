using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Oci;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>What every engine must do alike.</summary>
public abstract class EngineConformanceTests(TestNode node)
{
    private static readonly SandboxLimits Limits = new(1, 256 << 20, 64 << 20, 64);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_EngineChosen_IsRunByIt()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);

        var record = BoxRecord.Read(node.Layout.BoxOf(sandbox.Id));

        Assert.Equal(node.Engine, record?.Engine);
        await Remove(sandbox);
    }

    [Fact]
    public async Task Command_ReadsArgumentsAndInput_GivesOutputAndExitCode()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);

        var run = await FinishedRun.Command(sandbox, ["/bin/sh", "-c", "cat; echo $1 >&2; exit 3", "sh", "to error"], stdin: "to output"u8.ToArray());

        Assert.Equal(("to output", "to error\n", 3, ExecEnd.Program), (run.Text, run.ErrorText, run.Result?.ExitCode, run.Result?.EndedBy));
        await Remove(sandbox);
    }

    [Fact]
    public async Task Command_NoSuchProgram_SaysWhyNothingRan()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);

        var run = await FinishedRun.Command(sandbox, ["/usr/bin/there-is-no-such-program"]);

        Assert.Contains("there-is-no-such-program", run.Result?.StartError, StringComparison.Ordinal);
        await Remove(sandbox);
    }

    [Theory]
    [InlineData("python", "import os, sys\nprint(sys.argv[1:], os.getuid(), os.getcwd())\n6 * 7", "['a', 'b c'] 1000 /workspace\n", "42")]
    [InlineData("javascript", "console.log(process.argv.slice(2), process.getuid(), process.cwd()); 6 * 7", "[ 'a', 'b c' ] 1000 /workspace\n", "42")]
    [InlineData("bash", "echo \"$1,$2 $UID $PWD\"", "a,b c 1000 /workspace\n", null)]
    public async Task Kernel_RunsCode_GivesOutputAndValue(string language, string code, string output, string? value)
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);

        var run = await FinishedRun.Code(node, sandbox, language, code, ["a", "b c"]);

        Assert.True(run.Result?.ExitCode == 0, run.ToString());
        Assert.Equal((output, value), (run.Text, run.Value));
        await Remove(sandbox);
    }

    [Fact]
    public async Task Files_WrittenByHost_AreReadByCodeAndBack()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("line äöü\n", 100_000)));
        await sandbox.Agent.WriteFile(new WriteFileRequest("/workspace/in/put.txt", 0b110_100_100), new MemoryStream(content), Token);

        var run = await FinishedRun.Command(sandbox, ["/bin/sh", "-c", "mkdir out && cp in/put.txt out/copy.txt"]);

        Assert.True(run.Result?.ExitCode == 0, run.ToString());
        var found = await sandbox.Agent.FindFiles(new FindFilesRequest("/workspace", ["out/**"], 10), Token);
        Assert.Equal([new FoundFile("out/copy.txt", content.Length)], found.Files);
        await using var file = await sandbox.Agent.ReadFile(new ReadFileRequest("/workspace", "out/copy.txt", content.Length), Token);
        var back = new MemoryStream();
        await file.Content.CopyToAsync(back, Token);
        Assert.Equal(content, back.ToArray());
        await Remove(sandbox);
    }

    [Fact]
    public async Task Folders_OfASession_AreListedMovedAndRemoved()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        var run = await FinishedRun.Command(sandbox, ["/bin/sh", "-c", """
            mkdir -p tree/in/n tmp; printf 123 >tree/in/file; ln -s /etc tree/link; mkfifo tree/pipe; touch "$(printf 'tree/bad\377')"
            """]);
        Assert.True(run.Result?.ExitCode == 0, run.ToString());
        var agent = sandbox.Agent;

        var page = await agent.List(new ListRequest("/workspace/tree", true, null, 100), Token);
        Assert.Equal(["bad\ufffd", "in", "in/file", "in/n", "link", "pipe"], page.Entries.Select(entry => entry.Path));
        Assert.Equal([FileKind.File, FileKind.Directory, FileKind.File, FileKind.Directory, FileKind.Link, FileKind.Other], page.Entries.Select(entry => entry.Kind));
        Assert.Equal("/etc", page.Entries[4].LinkTarget);
        await agent.MakeFolder(new MakeFolderRequest("/workspace/a/b", true), Token);
        await Refused(AgentErrors.Exists, () => agent.Move(new MoveRequest("/workspace/tree/in/file", "/workspace/a/b", false), Token));
        await agent.Move(new MoveRequest("/workspace/tree/in/file", "/workspace/a/b/file", false), Token);
        Assert.Equal(3, (await agent.Stat("/workspace/a/b/file", Token)).SizeBytes);
        await Refused(AgentErrors.NotEmpty, () => agent.Remove(new RemoveRequest("/workspace/tree", false), Token));
        await agent.Remove(new RemoveRequest("/workspace/tree", true), Token);
        await Refused(AgentErrors.Denied, () => agent.Remove(new RemoveRequest("/workspace", true), Token));
        await Refused(AgentErrors.NotRegular, () => agent.Stat("/proc/1/environ", Token));
        await Refused(AgentErrors.NotRegular, () => agent.ReadFile(new ReadFileRequest("/", "proc/1/status", 1 << 20), Token));
        await Refused(AgentErrors.NotRegular, () => agent.ReadFile(new ReadFileRequest("/", "dev/zero", 1 << 20), Token));

        page = await agent.List(new ListRequest("/workspace", true, null, 100), Token);
        Assert.Equal(["a", "a/b", "a/b/file", "tmp"], page.Entries.Select(entry => entry.Path));
        Assert.False(page.Incomplete);
        await Remove(sandbox);
    }

    [Fact]
    public async Task Watch_WhatCodeDoes_IsTold()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        await using var watch = await sandbox.Agent.Watch(new WatchRequest("/workspace", true), Token);

        await FinishedRun.Command(sandbox, ["/bin/sh", "-c", "mkdir d; echo >d/f; mv d/f d/g; rm d/g; touch end"]);

        List<FileEvent> told = [];
        await foreach (var happened in watch.Events(Token))
        {
            told.Add(happened);
            if (happened.Path == "end")
                break;
        }

        Assert.Equal(new FileEvent(FileEventKind.Created, "d"), told[0]);
        Assert.Equal(new FileEvent(FileEventKind.Created, "end"), told[^1]);
        Assert.DoesNotContain(told, happened => happened.Kind == FileEventKind.Overflow);
        await Remove(sandbox);
    }

    [Fact]
    public async Task Limits_Changed_HoldForWhatRunsNext()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        sandbox.SetLimits(Limits with { MemoryBytes = 128 << 20, Cpu = 2 });

        Assert.Equal(128 << 20, sandbox.Spec.Limits.MemoryBytes);
        Assert.Throws<ArgumentException>(() => sandbox.SetLimits(Limits with { DiskBytes = 1 << 20 }));
        var run = await FinishedRun.Code(node, sandbox, "python", "x = bytearray(300 << 20)\nprint(len(x))");
        Assert.NotEqual(0, run.Result?.ExitCode ?? -1);
        Assert.True(node.Runtime.ReadUsage(sandbox.Id)?.OomKills > 0, run.ToString());
        await Remove(sandbox);
    }

    [Fact]
    public async Task Usage_CodeWorked_CountsTimeAndMemory()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        var before = node.Runtime.ReadUsage(sandbox.Id);

        await FinishedRun.Code(node, sandbox, "python", "x = bytearray(b'x' * (64 << 20))\nsum(range(2_000_000))");

        var after = node.Runtime.ReadUsage(sandbox.Id);
        Assert.True(after?.CpuSeconds > before?.CpuSeconds);
        Assert.True(after.PeakMemoryBytes >= 64 << 20, after.ToString());
        await Remove(sandbox);
        Assert.Null(node.Runtime.ReadUsage(sandbox.Id));
    }

    [Fact]
    public async Task Signal_ProgramIgnoresTerm_KillEndsIt()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        var request = new ExecRequest("stubborn", 0, FinishedRun.Start(null, ["/bin/sh", "-c", "trap 'echo no' TERM; echo ready; while :; do sleep 1000 & wait; done"]));
        await using var exec = await sandbox.Agent.Exec(request, default, default, Token);
        var (text, sent) = (new StringBuilder(), false);

        await foreach (var output in exec.Output(Token))
        {
            text.Append(Encoding.UTF8.GetString(output.Data.Span));
            if (text.ToString() == "ready\n" && !sent)
            {
                sent = true;
                await sandbox.Agent.Signal("stubborn", 15, Token);
            }
            else if (text.ToString() == "ready\nno\n")
            {
                await sandbox.Agent.Signal("stubborn", 9, Token);
            }
        }

        Assert.Equal((9, ExecEnd.Killed), ((await exec.Result).Signal, (await exec.Result).EndedBy));
        await Remove(sandbox);
    }

    private static async Task Refused(string code, Func<Task> request) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<AgentRequestException>(request)).Code);

    private Task Remove(SandboxHandle sandbox) => node.Runtime.Destroy(sandbox.Id, Token);
}

public sealed class CrunConformanceTests(CrunNode node) : EngineConformanceTests(node), IClassFixture<CrunNode>;

public sealed class RuncConformanceTests(RuncNode node) : EngineConformanceTests(node), IClassFixture<RuncNode>;

public sealed class GvisorConformanceTests(GvisorNode node) : EngineConformanceTests(node), IClassFixture<GvisorNode>;
