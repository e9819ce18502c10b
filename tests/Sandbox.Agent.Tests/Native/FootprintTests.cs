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
    public async Task Agent_AfterMuchWork_IsStillSmall()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        for (int i = 0; i < 100; i++)
            await client.RunShell("head -c 200000 /dev/zero");
        TestContext.Current.SendDiagnosticMessage($"{Resident(box)} kB resident");

        // What the work needed is given back when nothing has run for a while.
        while (Resident(box) > MostResidentKilobytes)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage($"{Resident(box)} kB resident");
    }

    [Fact]
    public async Task Agent_Environment_DoesNotShowTheToken()
    {
        await using AgentBox box = await AgentBox.Start(binary);

        Assert.DoesNotContain(AgentBox.Token, await File.ReadAllTextAsync($"/proc/{box.AgentPid}/environ", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static int Resident(AgentBox box) => int.Parse(box.Status("VmRSS").Split(' ')[0], CultureInfo.InvariantCulture);
}
