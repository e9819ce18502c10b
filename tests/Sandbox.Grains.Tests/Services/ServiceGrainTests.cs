using System.Net;
using System.Net.Sockets;
using System.Text;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Tests.Sessions;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Testing.Policies;

namespace Sandbox.Grains.Tests.Services;

public sealed class ServiceGrainTests : SessionNodeTest
{
    private const int Port = 8000;
    private const int Kill = 9;

    [Fact]
    public async Task Create_Code_IsAFileAndAProgram_AndReadyWhenItAnswers()
    {
        await Node.Start();
        var (id, sandbox, token) = await Create(Spec() with { Command = null, Language = "python", Code = "serve()", Files = [new JobFile("a/b", "x"u8.ToArray())] });
        var exec = await sandbox.NextExec();

        Assert.Equal("serve()", Encoding.UTF8.GetString(sandbox.Files["/workspace/service.py"]));
        Assert.Equal("x", Encoding.UTF8.GetString(sandbox.Files["/workspace/a/b"]));
        Assert.Equal(["/usr/bin/python3", "/workspace/service.py"], exec.Start!.Argv);
        Assert.Equal(("8000", true), (exec.Start.Env["PORT"], exec.Start.KillAllOnExit));
        Assert.Equal(RefusalCodes.ServiceNotReady, (await Service(id).Reach(Alice, Patience.Token)).Refusal!.Code);

        using var server = Listen(sandbox);
        await Running(id);
        var place = (await Service(id).Reach(Alice, Patience.Token)).Value!;
        Assert.Equal(("tenant", Port, sandbox.Id.ToString()), (place.TenantId, place.Port, place.SandboxId));
        Assert.Equal("alice", (await Service(id).FindToken(ServiceTokenText.HashOf(token), Patience.Token))!.AgentId);
        Assert.Null(await Service(id).FindToken(ServiceTokenText.HashOf("svt_other"), Patience.Token));
        await Stop(id);
        Assert.Equal((null, default), Node.States.Services.Select(row => (row.SandboxId, row.Share)).Single());
        Assert.Equal(RefusalCodes.ServiceStopped, (await Service(id).Reach(Alice, Patience.Token)).Refusal!.Code);
    }

    [Fact]
    public async Task Program_ThatEnds_IsStartedAgainAfterAPause_AndGivenUpInTheEnd()
    {
        await Node.Start();
        var (id, sandbox, _) = await Create(Spec() with { MaxAttempts = 2 });
        var first = await sandbox.NextExec();
        first.Print("reason\n");
        first.Exit(3);

        await Until(async () => (await View(id)).RestartAt is not null);
        var waiting = await View(id);
        Assert.Equal((ServiceStatus.Starting, Node.Time.GetUtcNow().AddSeconds(1), 3), (waiting.Status, waiting.RestartAt, waiting.LastAttempt!.ExitCode));
        await Node.Time.Pass(TimeSpan.FromSeconds(1));
        (await sandbox.NextExec()).Exit(4);

        await Until(async () => (await View(id)).Ended);
        var over = await View(id);
        Assert.Equal((ServiceStatus.Failed, ServiceCauses.Exited, 2, 4), (over.Status, over.Cause, over.Attempts, over.LastAttempt!.ExitCode));
        var refusal = (await Service(id).Reach(Alice, Patience.Token)).Refusal!;
        Assert.Equal(RefusalCodes.ServiceFailed, refusal.Code);
        Assert.Null((await Service(id).Reach(Alice with { Role = ServiceTokenHolder.Role }, Patience.Token)).Refusal!.Log);
        Assert.Equal("reason\n", Encoding.UTF8.GetString((await Service(id).ReadLog(Alice, 1, null, 0, 100, TimeSpan.Zero, Patience.Token)).Value!.Output.Data));
        Assert.Equal("attempt", (await Service(id).ReadLog(Alice, 3, null, 0, 100, TimeSpan.Zero, Patience.Token)).Refusal!.Field);
    }

    [Fact]
    public async Task Program_ThatDoesNotAnswerInTime_IsKilled()
    {
        await Node.Start();
        var (id, sandbox, _) = await Create(Spec() with { MaxAttempts = 1, Health = new ServiceHealth(null, 10, 5, 1) });
        var exec = await sandbox.NextExec();
        await Until(() =>
        {
            Node.Time.Advance(TimeSpan.FromMilliseconds(200));
            return Task.FromResult(sandbox.Signals.Any(signal => signal.Signal == Kill));
        });
        exec.Exit(137);

        await Until(async () => (await View(id)).Ended);
        Assert.Equal((ServiceStatus.Failed, ServiceCauses.Unhealthy), ((await View(id)).Status, (await View(id)).Cause));
    }

    [Fact]
    public async Task Process_ThatDies_LeavesTheServiceToTheNextOne_WhichStartsNothingTwice()
    {
        await Node.Start();
        var (id, sandbox, token) = await Create(Spec());
        var exec = await sandbox.NextExec();
        using var server = Listen(sandbox);
        await Running(id);

        await Node.Stop();
        await Node.Start();

        Assert.Equal((ServiceStatus.Running, 1), ((await View(id)).Status, (await View(id)).Attempts));
        Assert.Single(sandbox.ExecIds);
        Assert.NotNull(await Service(id).FindToken(ServiceTokenText.HashOf(token), Patience.Token));
        Assert.Contains(Node.Audit.Events, entry => entry.Action == AuditActions.ServiceTakenUp);
        exec.Exit();
        await Until(async () => (await View(id)).RestartAt is not null);
        await Stop(id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Create_TheStorageFails_LeavesNothing(bool afterCommit)
    {
        await Node.Start();
        Node.States.Fail(new StorageCall("service", Write: true, afterCommit));
        var id = ServiceId.New();

        await Assert.ThrowsAnyAsync<Exception>(() => Service(id).Create(Alice, Spec(), "fingerprint", Patience.Token));

        if (afterCommit)
            await Until(async () => (await Service(id).Get(Alice, TimeSpan.Zero, Patience.Token)).Value is not { Ended: false });
        else
            Assert.Equal(RefusalCodes.NotFound, (await Service(id).Get(Alice, TimeSpan.Zero, Patience.Token)).Refusal!.Code);
        await Until(() => Task.FromResult(Node.Runtime.Live.Count == 0));
    }

    [Fact]
    public async Task Create_FilesThatCannotBePlaced_IsRefusedAndLeavesNothing()
    {
        await Node.Start();
        var id = ServiceId.New();

        var reply = await Service(id).Create(Alice, Spec() with { Files = [new JobFile("a", [], "art_0123456789abcdefghjkmnpqrs")] }, "fingerprint", Patience.Token);

        Assert.Equal((RefusalCodes.ArtifactUnknown, "files[0].artifact"), (reply.Refusal!.Code, reply.Refusal.Field));
        Assert.Contains(Node.Audit.Events, entry => entry.Action == AuditActions.ServiceDenied && entry.Resource.Id == id.ToString());
        Assert.Empty(Node.Runtime.Live);
        Assert.Empty(Node.States.Services);
    }

    [Fact]
    public async Task Create_Repeated_IsTheSameService_WithoutItsToken()
    {
        await Node.Start();
        var (id, _, _) = await Create(Spec());

        var again = (await Service(id).Create(Alice, Spec(), "fingerprint", Patience.Token)).Value!;
        var other = await Service(id).Create(Alice, Spec(), "another", Patience.Token);

        Assert.Equal((true, (string?)null), (again.Replayed, again.Token));
        Assert.Equal(RefusalCodes.IdempotencyKeyReused, other.Refusal!.Code);
        await Stop(id);
    }

    [Fact]
    public async Task Policy_ThatNarrows_StopsTheService()
    {
        await Node.Start();
        await Node.Policies.Append(Version(1, new PolicyServices { Ports = [Port], MaxCount = 1 }), PolicyStored.Event, Patience.Token);
        var (id, _, _) = await Create(Spec());

        var second = await Service(ServiceId.New()).Create(Alice, Spec(), "fingerprint", Patience.Token);
        var other = await Service(ServiceId.New()).Create(Alice, Spec() with { Port = 9000 }, "fingerprint", Patience.Token);
        Assert.Equal("services", second.Refusal!.Rule);
        Assert.Equal(["port", PolicyViolation.WholeRequest], other.Refusal!.More!.Select(error => error.Field).Prepend(other.Refusal.Field));

        Assert.Null((await Node.Policy().Put(Alice with { Role = Roles.Admin }, new PolicyDocument { Services = new PolicyServices { Allowed = false } }, new PolicyCondition(), Patience.Token)).Refusal);

        await Until(async () => (await View(id)).Ended);
        Assert.Equal((ServiceStatus.Stopped, ServiceCauses.Policy), ((await View(id)).Status, (await View(id)).Cause));
    }

    [Fact]
    public async Task Tokens_AreMadeAndRevoked_AndExpire()
    {
        await Node.Start();
        var (id, _, first) = await Create(Spec());

        var made = (await Service(id).MakeToken(Alice, 60, Patience.Token)).Value!;
        Assert.Equal(2, (await Service(id).ListTokens(Alice, Patience.Token)).Value!.Items.Count);
        Assert.Null((await Service(id).RevokeToken(Alice, (await Service(id).ListTokens(Alice, Patience.Token)).Value!.Items[0].Id, Patience.Token)).Refusal);
        Assert.Null(await Service(id).FindToken(ServiceTokenText.HashOf(first), Patience.Token));
        Assert.NotNull(await Service(id).FindToken(ServiceTokenText.HashOf(made.Text), Patience.Token));
        Node.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Null(await Service(id).FindToken(ServiceTokenText.HashOf(made.Text), Patience.Token));
        Assert.Equal(2, Node.Audit.Events.Count(entry => entry.Action is AuditActions.ServiceTokenCreated or AuditActions.ServiceTokenRevoked));
        await Stop(id);
    }

    [Fact]
    public async Task Time_ThatIsOver_StopsTheService()
    {
        await Node.Start();
        var (id, _, _) = await Create(Spec() with { Sandbox = SessionSpec(ttl: 90) });
        Node.Time.Advance(TimeSpan.FromSeconds(90));
        await Until(async () => (await View(id)).Ended);
        Assert.Equal((ServiceStatus.Stopped, ServiceCauses.Ttl), ((await View(id)).Status, (await View(id)).Cause));
    }

    [Fact]
    public async Task Strangers_FindNothing()
    {
        await Node.Start();
        var (id, _, _) = await Create(Spec());
        var service = Service(id);

        Refusal?[] refusals =
        [
            (await service.Get(Stranger, TimeSpan.Zero, Patience.Token)).Refusal, (await service.Stop(Stranger, Patience.Token)).Refusal,
            (await service.Reach(Stranger, Patience.Token)).Refusal, (await service.ListTokens(Stranger, Patience.Token)).Refusal,
            (await service.MakeToken(Stranger, null, Patience.Token)).Refusal, (await service.RevokeToken(Stranger, "tok", Patience.Token)).Refusal,
            (await service.ReadLog(Stranger, 0, null, 0, 1, TimeSpan.Zero, Patience.Token)).Refusal,
            (await service.ReadLogEvents(Stranger, 1, 0, TimeSpan.Zero, Patience.Token)).Refusal,
            (await service.Create(Stranger, Spec(), "fingerprint", Patience.Token)).Refusal, await service.Explain(Stranger, Patience.Token),
            (await Node.Session(id.Session).Get(Alice, Patience.Token)).Refusal,
        ];

        Assert.All(refusals, refusal => Assert.Equal(RefusalCodes.NotFound, refusal?.Code));
        await Stop(id);
    }

    private static ServiceSpec Spec() => new(SessionSpec(), ["serve"], null, null, Port, new ServiceHealth(null, 10, 5, 60), 5, []);

    private static PolicyVersion Version(int version, PolicyServices services) =>
        new("tenant", PolicyName.Default, version, new PolicyDocument { Services = services }, "alice", DateTimeOffset.UnixEpoch);

    private IServiceGrain Service(ServiceId id) => Node.Grains.GetGrain<IServiceGrain>(id.ToString());

    private async Task<(ServiceId Id, ScriptedSandbox Sandbox, string Token)> Create(ServiceSpec spec)
    {
        var id = ServiceId.New();
        var reply = await Service(id).Create(Alice, spec, "fingerprint", Patience.Token);
        Assert.True(reply.Refusal is null, $"{reply.Refusal}");
        return (id, await Node.Runtime.Next(), reply.Value!.Token!);
    }

    private async Task<ServiceView> View(ServiceId id) => (await Service(id).Get(Alice, TimeSpan.Zero, Patience.Token)).Value!;

    private Task Running(ServiceId id) => Until(async () =>
    {
        Node.Time.Advance(TimeSpan.FromMilliseconds(100));
        return (await View(id)).Status == ServiceStatus.Running;
    });

    private async Task Stop(ServiceId id) => Assert.Null((await Service(id).Stop(Alice, Patience.Token)).Refusal);

    private static TcpListener Listen(ScriptedSandbox sandbox)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        sandbox.Ports.Open(Port, (IPEndPoint)listener.LocalEndpoint);
        return listener;
    }
}
