using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Oci;
using Sandbox.Runtime.Oci.Checkpoints;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>Whatever goes wrong while a sandbox is saved or restored, it goes on or is gone, and nothing of it is left.</summary>
public sealed class MemoryFaultTests(GvisorNode node) : MemoryTestBase(node), IClassFixture<GvisorNode>
{
    [Fact]
    public async Task Find_SavedAndStoppedByAKilledServer_GoesOnFromTheImage()
    {
        SandboxId id;
        await using (var sandbox = await Start("x = 41"))
        {
            id = sandbox.Id;
            // Not disposed of: a killed server disposes of nothing.
            await Node.Runtime.Checkpoint(id, stop: true, Token);
        }

        await Node.Restart();
        await Node.Runtime.Sweep(new HashSet<SandboxId> { id }, Token);
        await using var found = await Found(id);

        Assert.Equal("41\n", (await FinishedStep.Run(found, "print(x)")).Text);
        Assert.Empty(Images());
        await Node.Runtime.Destroy(id, Token);
        Assert.Empty(Node.Traces.Find());
    }

    [Fact]
    public async Task Find_ServerKilledBeforeItSaved_LetsTheAgentListenAgain()
    {
        await using var sandbox = await Start("x = 41");
        var box = Node.Layout.BoxOf(sandbox.Id);
        new PendingResume("img-never-written", Limits).Write(box);
        await ((AgentClient)sandbox.Agent).Quiesce(TimeSpan.FromMinutes(5), refuseTcpWaits: false, Token);
        await sandbox.Agent.Disconnected.WaitAsync(Token);

        await Node.Restart();
        await using var found = await Found(sandbox.Id);

        Assert.Equal("41\n", (await FinishedStep.Run(found, "print(x)")).Text);
        Assert.Null(PendingResume.Read(box));
    }

    [Fact]
    public async Task Find_ServerKilledWhileItSaved_WaitsForTheImageAndGoesOnFromIt()
    {
        await using var sandbox = await Start("import os\nx = 41\ny = os.urandom(32 << 20)");
        var image = Directory.CreateDirectory(Path.Combine(Node.Layout.Images, "img-orphan")).FullName;
        new PendingResume("img-orphan", Limits).Write(Node.Layout.BoxOf(sandbox.Id));
        await ((AgentClient)sandbox.Agent).Quiesce(TimeSpan.FromMinutes(1), refuseTcpWaits: false, Token);
        while (File.Exists(Node.Layout.SocketOf(sandbox.Id)))
            await Task.Delay(1, Token);
        // A killed server's engine goes on.
        var orphan = EngineProcess.Run(["runsc", "--root", Node.Layout.EngineState("runsc"), "checkpoint", "--image-path", image, $"{sandbox.Id}"], image + ".log", Token);

        await Node.Restart();
        await Node.Runtime.Sweep(new HashSet<SandboxId> { sandbox.Id }, Token);
        await using var found = await Found(sandbox.Id);
        await orphan;

        Assert.Equal($"41 {32 << 20}\n", (await FinishedStep.Run(found, "print(x, len(y))")).Text);
        Assert.Empty(Images());
    }

    [Fact]
    public async Task Find_StoppedAndItsImageStored_IsNull()
    {
        await using var sandbox = await Start();
        await (await Node.Runtime.Checkpoint(sandbox.Id, stop: true, Token)).DisposeAsync();

        Assert.Null(await Node.Runtime.Find(sandbox.Id, Token));
    }

    [Fact]
    public async Task Checkpoint_Stopped_LeavesNothingOnceDestroyed()
    {
        await using var sandbox = await Start();
        var image = await Node.Runtime.Checkpoint(sandbox.Id, stop: true, Token);
        await Node.Runtime.Destroy(sandbox.Id, Token);
        Assert.NotEmpty(Images());

        await image.DisposeAsync();
        await image.DisposeAsync();

        Assert.Empty(Images());
        Assert.Empty(Node.Traces.Find());
    }

    [Fact]
    public async Task Checkpoint_StoppedAlready_IsRefusedAndItsImageStays()
    {
        await using var sandbox = await Start("x = 41");
        await using var image = await Node.Runtime.Checkpoint(sandbox.Id, stop: true, Token);

        await Assert.ThrowsAsync<SandboxImageException>(() => Node.Runtime.Checkpoint(sandbox.Id, stop: true, Token));
        await using var found = await Found(sandbox.Id);

        Assert.Equal("41\n", (await FinishedStep.Run(found, "print(x)")).Text);
    }

    [Fact]
    public async Task Checkpoint_SeveralAtOnce_AreDoneOneAfterTheOther()
    {
        await using var sandbox = await Start("x = 41");

        var images = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token)));
        await using var found = await Found(sandbox.Id);

        Assert.Equal("41\n", (await FinishedStep.Run(found, "print(x)")).Text);
        foreach (var image in images)
            await image.DisposeAsync();
        Assert.Empty(Images());
    }

    [Fact]
    public async Task Destroy_WhileItIsSavedOrGoesOn_LeavesNothing()
    {
        for (var i = 0; i < 4; i++)
        {
            await using var sandbox = await Start();
            var saving = Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token);
            if (i % 2 == 1)
                await (await saving).DisposeAsync();

            await Node.Runtime.Destroy(sandbox.Id, Token);

            if (i % 2 == 0 && await Record.ExceptionAsync(() => saving) is null)
                await (await saving).DisposeAsync();
            Assert.Null(await Node.Runtime.Find(sandbox.Id, Token));
            Assert.Empty(Images());
            Assert.Empty(Node.Traces.Find());
        }
    }

    [Fact]
    public async Task Checkpoint_CallerGivesUp_SandboxGoesOn()
    {
        await using var sandbox = await Start("x = 41");
        using var givesUp = new CancellationTokenSource();
        var saving = Node.Runtime.Checkpoint(sandbox.Id, stop: false, givesUp.Token);
        await givesUp.CancelAsync();

        if (await Record.ExceptionAsync(() => saving) is null)
            await (await saving).DisposeAsync();
        await using var found = await Found(sandbox.Id);

        Assert.Equal("41\n", (await FinishedStep.Run(found, "print(x)")).Text);
    }

    [Fact]
    public async Task Checkpoint_EngineFails_SandboxIsToldToGoOnAndNothingIsLeft()
    {
        await using var sandbox = await Start("x = 41");
        var box = Node.Layout.BoxOf(sandbox.Id);
        // The engine does not know it any more.
        foreach (var file in Directory.EnumerateFiles(Node.Layout.EngineState(Node.Engine), $"*{sandbox.Id}*"))
            File.Delete(file);

        await Assert.ThrowsAsync<SandboxImageException>(() => Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token));
        await using var found = await FoundSoon(sandbox.Id);

        Assert.Equal("41\n", (await FinishedStep.Run(found, "print(x)")).Text);
        Assert.Equal((Limits.MemoryBytes, Limits.Cpu), Node.Groups.ReadLimits(Node.Layout.CgroupOf(sandbox.Id)));
        Assert.Null(PendingResume.Read(box));
        Assert.Empty(Images());
    }

    [Fact]
    public async Task Checkpoint_Frozen_FailsAndItGoesOn()
    {
        await using var sandbox = await Start("x = 41");
        await Node.Runtime.Freeze(sandbox.Id, frozen: true, Token);

        await Assert.ThrowsAsync<SandboxImageException>(() => Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token));
        await Node.Runtime.Freeze(sandbox.Id, frozen: false, Token);

        await using var found = await FoundSoon(sandbox.Id);
        Assert.Equal("41\n", (await FinishedStep.Run(found, "print(x)")).Text);
    }

    [Fact]
    public async Task Checkpoint_NoSuchSandbox_IsRefused() =>
        await Assert.ThrowsAsync<SandboxImageException>(() => Node.Runtime.Checkpoint(SandboxId.New(), stop: false, Token));

    [Fact]
    public async Task Restore_DamagedFile_FailsAndLeavesNothing()
    {
        await using var sandbox = await Start();
        await using var image = await Node.Runtime.Checkpoint(sandbox.Id, stop: true, Token);
        await Node.Runtime.Destroy(sandbox.Id, Token);
        var file = Directory.EnumerateFiles(Images().Single()).Single();
        var whole = await File.ReadAllBytesAsync(file, Token);
        byte[][] damaged = [[], whole[..(whole.Length / 2)], [.. whole[..1000], .. new byte[whole.Length - 1000]]];

        foreach (var content in damaged)
        {
            await File.WriteAllBytesAsync(file, content, Token);
            await Assert.ThrowsAsync<SandboxStartException>(() => Node.Runtime.Restore(Node.Spec(Limits), image, Token));
            Assert.DoesNotContain(Node.Traces.Find(), trace => !trace.Contains("bytes below", StringComparison.Ordinal));
        }

        await File.WriteAllBytesAsync(file, whole, Token);
        await using var copy = await Node.Runtime.Restore(Node.Spec(Limits), image, Token);
        Assert.Equal("fine\n", (await FinishedRun.Command(copy, ["/bin/echo", "fine"])).Text);
    }

    [Fact]
    public async Task Restore_MemoryLimitTooSmall_FailsAndLeavesNothing()
    {
        await using var sandbox = await Start("import os\nx = os.urandom(64 << 20)");
        await using var image = await Node.Runtime.Checkpoint(sandbox.Id, stop: true, Token);
        await Node.Runtime.Destroy(sandbox.Id, Token);

        await Assert.ThrowsAsync<SandboxStartException>(() => Node.Runtime.Restore(Node.Spec(Limits with { MemoryBytes = 48 << 20 }), image, Token));

        Assert.DoesNotContain(Node.Traces.Find(), trace => !trace.Contains("bytes below", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restore_OfOtherParts_SaysWhichOne()
    {
        await using var sandbox = await Start();
        await using var image = (OciImage)await Node.Runtime.Checkpoint(sandbox.Id, stop: true, Token);

        foreach (var (header, word) in ((ImageHeader, string)[])[
            (image.Header with { Agent = "agent-0000" }, "agent"),
            (image.Header with { Agent = "../agent" }, "agent"),
            (image.Header with { Root = "default-0000" }, "template"),
            (image.Header with { Engine = "0000" }, "runsc")])
        {
            await using var other = await Node.Runtime.ReceiveImage(await Stored(header, image), long.MaxValue, Token);
            var refusal = await Assert.ThrowsAsync<SandboxStartException>(() => Node.Runtime.Restore(Node.Spec(Limits), other, Token));
            Assert.Contains(word, refusal.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<SandboxStartException>(() => Node.Runtime.Restore(Node.Spec(Limits) with { Isolation = IsolationClass.Standard }, image, Token));
    }

    [Fact]
    public async Task Sweep_ImageThatNobodyHolds_IsRemoved()
    {
        await using var sandbox = await Start();
        await using var held = await Node.Runtime.Checkpoint(sandbox.Id, stop: true, Token);
        var left = Directory.CreateDirectory(Path.Combine(Node.Layout.Images, "img-left")).FullName;
        await File.WriteAllTextAsync(Path.Combine(left, "checkpoint.img"), "left by a crash", Token);

        await Node.Runtime.Sweep(new HashSet<SandboxId>(), Token);

        Assert.DoesNotContain(left, Images());
        Assert.Single(Images());
    }

    // What the engine needs for the last failure to be over is not to be seen from outside.
    private async Task<SandboxHandle> FoundSoon(SandboxId id)
    {
        while (true)
        {
            if (await Node.Runtime.Find(id, Token) is { } found)
                return found;
        }
    }

    private IEnumerable<string> Images() => Directory.EnumerateDirectories(Node.Layout.Images);

    private static async Task<Stream> Stored(ImageHeader header, OciImage image)
    {
        var stored = new MemoryStream();
        await using var content = new ImageStream(ImageFormat.Prefix(header), [.. header.Files.Select(file => Path.Combine(image.Folder, file.Name))]);
        await content.CopyToAsync(stored, Token);
        stored.Position = 0;
        return stored;
    }
}

/// <summary>Kernel namespaces cannot be saved with their memory, and say so.</summary>
public abstract class NoMemoryTests(TestNode node) : MemoryTestBase(node)
{
    [Fact]
    public async Task Checkpoint_Standard_IsRefusedAndItGoesOn()
    {
        await using var sandbox = await Start("x = 41");

        await Assert.ThrowsAsync<SandboxImageException>(() => Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token));

        Assert.DoesNotContain(IsolationClass.Standard, Node.Runtime.WithMemory);
        Assert.Equal("41\n", (await FinishedStep.Run(sandbox, "print(x)")).Text);
    }
}

public sealed class CrunNoMemoryTests(CrunNode node) : NoMemoryTests(node), IClassFixture<CrunNode>;

public sealed class RuncNoMemoryTests(RuncNode node) : NoMemoryTests(node), IClassFixture<RuncNode>;
