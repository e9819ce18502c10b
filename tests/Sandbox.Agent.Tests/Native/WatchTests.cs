using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class WatchTests(AgentBinary binary)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_WhatCodeDoes_IsTold()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await using IAgentWatch watch = await client.Watch(new WatchRequest("/workspace", false), Cancellation);

        await client.RunShell("echo 1 >'a b'; mv 'a b' \"$(printf 'n\nl')\"; rm n*; mkdir d; echo >d/unseen; rmdir d 2>/dev/null; touch end");

        Assert.Equal(
            ["Created a b", "Modified a b", "Moved a b > n\nl", "Deleted n\nl", "Created d", "Created end"],
            await Until(watch, "Created end"));
    }

    [Fact]
    public async Task Watch_Recursive_FollowsFoldersThatAreMadeAndMoved()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("mkdir -p w/a/b out; ln -s /etc w/link");
        await using IAgentWatch watch = await client.Watch(new WatchRequest("/workspace/w", true), Cancellation);

        await client.RunShell("cd w; touch a/b/1; mv a/b a/c; touch a/c/2");
        List<string> moved = await Until(watch, "Created a/b/1", "Moved a/b > a/c", "Created a/c/2");
        await client.RunShell("cd w; mkdir -p n/e/w; touch n/e/w/f");
        await Until(watch, "Created n", "Created n/e", "Created n/e/w", "Created n/e/w/f");
        await client.RunShell("cd w; touch n/e/w/late; mv a ../out/");
        await Until(watch, "Created n/e/w/late", "Deleted a");
        await client.RunShell("cd w; touch ../out/a/c/outside end");
        List<string> left = await Until(watch, "Created end");

        Assert.DoesNotContain(moved, told => told.Contains("etc", StringComparison.Ordinal));
        Assert.DoesNotContain(left, told => told.Contains("outside", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watch_FileWrittenByTheHost_IsToldOnceWhole()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await using IAgentWatch watch = await client.Watch(new WatchRequest("/workspace", true), Cancellation);

        await client.WriteFile(new WriteFileRequest("/workspace/f"), new MemoryStream(new byte[100_000]), Cancellation);
        await client.MakeFolder(new MakeFolderRequest("/workspace/end", false), Cancellation);

        Assert.Equal(["Created f", "Created end"], await Until(watch, "Created end"));
    }

    [Theory]
    [InlineData("rmdir w")]
    [InlineData("mv w elsewhere")]
    public async Task Watch_TheFolderGoes_Ends(string script)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("mkdir w");
        await using IAgentWatch watch = await client.Watch(new WatchRequest("/workspace/w", true), Cancellation);

        await client.RunShell(script);

        Assert.Equal(["Deleted "], await Until(watch, "the end"));
    }

    [Fact]
    public async Task Watch_MoreThanAnybodyReads_OverflowsAndHoldsNobodyUp()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await using IAgentWatch watch = await client.Watch(new WatchRequest("/workspace", true), Cancellation);

        await client.RunShell("python3 -c 'import os\nfor i in range(60000): open(f\"a file with a name of some length {i % 7}\", \"w\").close(); os.unlink(f\"a file with a name of some length {i % 7}\")'");
        Assert.Equal(FileKind.Directory, (await client.Stat("/workspace", Cancellation)).Kind);
        List<string> told = await Until(watch, "Overflow ");

        Assert.Equal("Overflow ", told[^1]);
        Assert.InRange(box.PeakResidentKilobytes, 1, 20 * 1024);
    }

    [Theory]
    [InlineData("true", "/workspace/x", AgentErrors.NotFound)]
    [InlineData("touch x", "/workspace/x", AgentErrors.NotDirectory)]
    [InlineData("ln -s /etc x", "/workspace/x", AgentErrors.NotRegular)]
    [InlineData("true", "/proc/1", AgentErrors.NotRegular)]
    public async Task Watch_OfWhatIsNoFolder_SaysWhy(string script, string path, string code)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell(script);

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() => client.Watch(new WatchRequest(path, true), Cancellation));

        Assert.Equal(code, refusal.Code);
    }

    [Fact]
    public async Task Watch_TooMany_AreRefusedUntilOneIsClosed()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        List<IAgentWatch> watches = [];
        for (int i = 0; i < 16; i++)
            watches.Add(await client.Watch(new WatchRequest("/workspace", true), Cancellation));

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() => client.Watch(new WatchRequest("/workspace", true), Cancellation));
        foreach (IAgentWatch watch in watches)
            await watch.DisposeAsync();

        Assert.Equal(AgentErrors.Busy, refusal.Code);
        while (true)
        {
            try
            {
                await using IAgentWatch again = await client.Watch(new WatchRequest("/workspace", true), Cancellation);
                break;
            }
            catch (AgentRequestException busy) when (busy.Code == AgentErrors.Busy)
            {
                await Task.Yield();
            }
        }
    }

    // Events until all of some were told, or to the end.
    private static async Task<List<string>> Until(IAgentWatch watch, params string[] awaited)
    {
        List<string> told = [];
        await foreach (FileEvent happened in watch.Events(Cancellation))
        {
            told.Add($"{happened.Kind} {(happened.From is null ? "" : happened.From + " > ")}{happened.Path}");
            if (awaited.All(told.Contains))
                break;
        }

        return told;
    }
}
