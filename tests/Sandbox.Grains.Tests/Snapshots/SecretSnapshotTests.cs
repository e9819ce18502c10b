using System.Text;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Snapshots;

/// <summary>Snapshots of sessions that have secrets.</summary>
public sealed class SecretSnapshotTests : SnapshotNodeTest
{
    private const string Value = "planted-value-1234";

    [Fact]
    public async Task Create_OfFilesThatHoldAValue_IsRefusedAndKeepsNothing()
    {
        await Start();
        var (id, sandbox) = await OpenWithSecret(allowSecrets: false);
        sandbox.Files["/workspace/" + Value] = [];
        Assert.Equal(RefusalCodes.SecretInSnapshot, (await RefusedKeep(id)).Code);
        sandbox.Files.Clear();
        sandbox.Files["/workspace/other"] = Encoding.UTF8.GetBytes("fine");
        await Node.Snapshot(SnapshotIdOf(await Keep(id))).Delete(Alice, Patience.Token);
        await EndSession(id);
    }

    [Fact]
    public async Task Create_WithMemory_IsRefusedUnlessPolicyAllowsIt()
    {
        await Start();
        var (id, _) = await OpenWithSecret(allowSecrets: false);
        Assert.Equal(RefusalCodes.SecretInSnapshot, (await RefusedKeep(id, memory: true)).Code);
        await EndSession(id);

        var (allowed, _) = await OpenWithSecret(allowSecrets: true);
        var snapshot = await Keep(allowed, memory: true);
        Assert.Equal($"{RefusalCodes.SnapshotMismatch} secrets", await Refused(Strong() with { Snapshot = snapshot.Id }));
        var (restored, _) = await Open(Strong() with { Snapshot = snapshot.Id, Secrets = ["TOKEN"] });
        await Node.Snapshot(SnapshotIdOf(snapshot)).Delete(Alice, Patience.Token);
        await EndSession(allowed);
        await EndSession(restored);
    }

    private static Abstractions.Snapshots.SnapshotId SnapshotIdOf(Abstractions.Snapshots.SnapshotView view) =>
        Abstractions.Snapshots.SnapshotId.TryParse(view.Id, out var id) ? id : default;

    private async Task<(SessionId Id, ScriptedSandbox Sandbox)> OpenWithSecret(bool allowSecrets)
    {
        Node.Secrets.Set("tenant", "TOKEN", Value);
        var document = new PolicyDocument { Secrets = ["TOKEN"], Artifacts = new PolicyArtifacts { AllowSecrets = allowSecrets } };
        var reply = await Node.Policy().Put(new Caller("tenant", "root", Roles.Admin), document, new PolicyCondition(), Patience.Token);
        Assert.Null(reply.Refusal);
        return await Open(Strong() with { Secrets = ["TOKEN"] });
    }
}
