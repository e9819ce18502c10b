using System.Globalization;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class FootprintTests(AgentBinary binary)
{
    private const int MostResidentKilobytes = 8 * 1024;

    [Fact]
    public async Task Agent_WithAWaitingKernel_IsSmall()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.StartKernel(KernelTests.Start("python", "k"), TestContext.Current.CancellationToken);

        Assert.InRange(Resident(box), 1, MostResidentKilobytes);
    }

    [Fact]
    public async Task Agent_AfterMuchWork_DoesNotGrowOn()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await Work(client);
        int before = Resident(box);

        await Work(client);
        await Work(client);

        Assert.InRange(Resident(box), 1, before + 2048);
    }

    [Fact]
    public async Task Agent_Environment_DoesNotShowTheToken()
    {
        await using AgentBox box = await AgentBox.Start(binary);

        Assert.DoesNotContain(AgentBox.Token, await File.ReadAllTextAsync($"/proc/{box.AgentPid}/environ", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task Work(AgentClient client)
    {
        for (int i = 0; i < 80; i++)
            await client.RunShell("head -c 200000 /dev/zero");
    }

    private static int Resident(AgentBox box) => int.Parse(box.Status("VmRSS").Split(' ')[0], CultureInfo.InvariantCulture);
}
