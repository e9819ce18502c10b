using System.Text;
using Sandbox.Egress;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Secrets;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Secrets;
using Sandbox.Grains.Tests.Policies;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Secrets;

/// <summary>Who gets secrets, and where their values are not.</summary>
public sealed class SandboxSecretsTests : PolicyNodeTest
{
    private const string Value = "planted-value-1234";

    [Fact]
    public async Task Submit_SecretThatPolicyDoesNotName_IsDenied()
    {
        await Node.Start();
        Node.Secrets.Set("tenant", "TOKEN", Value);

        var refusal = (await Node.Job(JobId.New()).Submit(Alice, Spec() with { Secrets = ["TOKEN"] }, "fingerprint", Patience.Token)).Refusal!;

        Assert.Equal((RefusalCodes.PolicyDenied, "secrets", "secrets[0]"), (refusal.Code, refusal.Rule, refusal.Field));
        Assert.Empty(Node.Runtime.Live);
    }

    [Fact]
    public async Task Submit_SecretThatTheTenantHasNot_NamesIt()
    {
        await Node.Start();
        await Store(new PolicyDocument { Secrets = ["TOKEN", "OTHER"] });
        Node.Secrets.Set("tenant", "TOKEN", Value);
        Node.Secrets.Set("stranger", "OTHER", Value);

        var refusal = (await Node.Job(JobId.New()).Submit(Alice, Spec() with { Secrets = ["TOKEN", "OTHER"] }, "fingerprint", Patience.Token)).Refusal!;

        Assert.Equal((RefusalCodes.SecretUnknown, "secrets[1]"), (refusal.Code, refusal.Field));
    }

    [Fact]
    public async Task Submit_SecretsThatAreTooLargeTogether_IsRefused()
    {
        await Node.Start();
        await Store(new PolicyDocument { Secrets = ["A", "B", "C"] });
        foreach (var name in new[] { "A", "B", "C" })
            Node.Secrets.Set("tenant", name, new string(name[0], ISecretStore.LongestValue), SecretKinds.File);

        var refusal = (await Node.Job(JobId.New()).Submit(Alice, Spec() with { Secrets = ["A", "B", "C"] }, "fingerprint", Patience.Token)).Refusal!;

        Assert.Equal((RefusalCodes.InvalidRequest, "secrets"), (refusal.Code, refusal.Field));
        Assert.Empty(Node.Runtime.Live);
    }

    [Fact]
    public async Task Run_SecretThatGrewBeyondWhatCanBeMasked_IsNotGiven()
    {
        await Node.Start();
        var names = new[] { "A", "B", "C", "D", "E" };
        await Store(new PolicyDocument { Secrets = names });
        foreach (var name in names)
            Node.Secrets.Set("tenant", name, new string(name[0], ISecretStore.LongestValue), SecretKinds.File);
        var secrets = new SandboxSecrets(new EgressOwner("tenant", "alice", "job"), names, Node.Secrets, Node.Audit);

        var open = await secrets.Open(new EffectivePermit { Secrets = names }, Patience.Token);

        Assert.Equal(2 * ISecretStore.MostOfSandbox, open.Sum(secret => secret.Value.Length));
    }

    [Fact]
    public async Task Run_WithSecrets_GivesThemToTheCodeAndMasksThemInItsOutput()
    {
        await Node.Start();
        await Store(new PolicyDocument { Secrets = ["TOKEN", "KEY"] });
        Node.Secrets.Set("tenant", "TOKEN", Value);
        Node.Secrets.Set("tenant", "KEY", "the key's content", SecretKinds.File);

        var (id, sandbox, exec) = await Running(Spec() with { Secrets = ["TOKEN", "KEY"] });
        Assert.Equal((Value, "/dev/shm/secrets/KEY"), (exec.Start!.Env["TOKEN"], exec.Start.Env["KEY_FILE"]));
        Assert.Equal("the key's content", Encoding.UTF8.GetString(sandbox.Files["/dev/shm/secrets/KEY"]));
        exec.Print($"it is {Value[..7]}");
        exec.Print($"{Value[7..]} and the key's content");
        exec.Exit();

        Assert.Equal("it is *** and ***", (await Ended(id)).Stdout);
        Assert.Equal("it is *** and ***", Text(await Events(id)));
        var used = Node.Audit.Events.Where(what => what.Action == AuditActions.SecretUsed).ToList();
        Assert.Equal(["KEY", "TOKEN"], used.Select(what => what.Resource.Id).Order());
        Assert.All(used, what => Assert.Contains(new KeyValuePair<string, string>("for", id.ToString()), what.Details));
    }

    [Fact]
    public async Task Run_SecretThatWasRemovedWhileTheJobWaited_FailsForIt()
    {
        Node.Slots = 1;
        await Node.Start();
        await Store(new PolicyDocument { Secrets = ["TOKEN"] });
        Node.Secrets.Set("tenant", "TOKEN", Value);
        var (first, _, exec) = await Running();
        var waiting = await Submit(Spec() with { Secrets = ["TOKEN"] });
        Node.Secrets.Remove("tenant", "TOKEN");
        exec.Exit();

        await Ended(first);
        Assert.Equal((JobStatus.Failed, JobCauses.SecretUnknown), ((await Ended(waiting)).Status, (await Ended(waiting)).Cause));
        await Node.Runtime.Next();
    }

    [Fact]
    public async Task Start_RunOfAnEarlierProcess_MasksWhatComesOfIt()
    {
        await Node.Start();
        await Store(new PolicyDocument { Secrets = ["TOKEN"] });
        Node.Secrets.Set("tenant", "TOKEN", Value);
        var (id, _, exec) = await Running(Spec() with { Secrets = ["TOKEN"] });
        await Node.Stop();
        // It was changed meanwhile: what runs has the old value.
        Node.Secrets.Set("tenant", "TOKEN", "another value of it");
        exec.Print($"old {Value}, new another value of it");
        exec.Exit();
        await Node.Start();

        Assert.Equal("old ***, new ***", (await Ended(id)).Stdout);
    }

    [Fact]
    public async Task Step_SecretChangedAndThenForbidden_GoesByWhatHoldsThen()
    {
        await Node.Start();
        await Store(new PolicyDocument { Secrets = ["TOKEN"] });
        Node.Secrets.Set("tenant", "TOKEN", Value);
        var (id, sandbox) = await Open(SessionSpec() with { Secrets = ["TOKEN"] });
        Assert.Equal(Value, await EnvironmentOf(id, sandbox, 1));

        Node.Secrets.Set("tenant", "TOKEN", "the next value");
        Assert.Equal("the next value", await EnvironmentOf(id, sandbox, 2, print: $"{Value} the next value"));
        Assert.Equal("*** ***", (await Ended(id, 2)).Stdout);

        Node.Secrets.Remove("tenant", "TOKEN");
        // What was read once stays masked.
        Assert.Null(await EnvironmentOf(id, sandbox, 3, print: Value));
        Assert.Equal("***", (await Ended(id, 3)).Stdout);

        Node.Secrets.Set("tenant", "TOKEN", "the last value");
        Assert.Equal("the last value", await EnvironmentOf(id, sandbox, 4));
        await Store(new PolicyDocument());
        await Until(async () => await EnvironmentOf(id, sandbox, null) is null);
        await EndSession(id);
    }

    private async Task<string?> EnvironmentOf(SessionId id, ScriptedSandbox sandbox, long? sequence, string print = "")
    {
        var step = await Step(id, Code("1"), TimeSpan.Zero);
        if (sequence is not null)
            Assert.Equal(sequence, step.Sequence);
        var exec = await sandbox.NextExec();
        if (print.Length > 0)
            exec.Print(print);
        exec.Exit();
        await Ended(id, step.Sequence);
        return exec.Start!.Env.GetValueOrDefault("TOKEN");
    }
}
