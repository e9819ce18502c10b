using System.Text;
using System.Text.Json;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Tests.Snapshots;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Audit;

/// <summary>What grains record.</summary>
public sealed class AuditRecordTests : SnapshotNodeTest
{
    private const string Marker = "MARKER-that-must-not-be-told";

    private static readonly Caller Auditor = Alice with { Role = Roles.Auditor };
    private static readonly Caller Admin = Alice with { Role = Roles.Admin };

    private IEnumerable<(string Action, string Outcome)> Recorded => Node.Audit.Events.Select(static what => (what.Action, what.Outcome));

    [Fact]
    public async Task Job_FromSubmissionToRemoval_IsOnRecordWithItsDecisionAndLimits()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        exec.Exit();
        await Ended(id);
        await Node.Job(id).Delete(Alice, Patience.Token);

        Assert.Equal(
            [
                (AuditActions.JobSubmitted, AuditOutcomes.Allowed), (AuditActions.JobStarted, AuditOutcomes.Succeeded),
                (AuditActions.JobEnded, AuditOutcomes.Succeeded), (AuditActions.JobDelete, AuditOutcomes.Allowed),
            ],
            Recorded);
        var submitted = Node.Audit.Events.First();
        Assert.Equal((new AuditActor("alice", Roles.Member), true), (submitted.Actor, submitted.Decision!.Allowed));
        Assert.Contains(new KeyValuePair<string, string>("memoryBytes", $"{64 << 20}"), submitted.Details);
        Assert.All(Node.Audit.Events, what => Assert.Equal(("tenant", id.ToString()), (what.TenantId, what.Resource.Id)));
    }

    [Fact]
    public async Task Denial_OfAJobOrSession_NamesItsRule()
    {
        await Node.Start();

        await Node.Job(JobId.New()).Submit(Auditor, Spec(), "fingerprint", Patience.Token);
        await Node.Session(SessionId.New()).Create(Auditor, SessionSpec(), "fingerprint", Patience.Token);

        Assert.Equal([(AuditActions.JobDenied, AuditOutcomes.Denied), (AuditActions.SessionDenied, AuditOutcomes.Denied)], Recorded);
        Assert.All(Node.Audit.Events, static what => Assert.Equal(("policy_denied", "role", Roles.Auditor), (what.Cause, what.Decision!.Rule, what.Actor.Role)));
    }

    [Fact]
    public async Task Denial_WithinASession_NamesItsRule()
    {
        Node.Settings["Sandbox:Policies:Platform:MaxTtlSeconds"] = "3600";
        await Node.Start();
        var (id, _) = await Open();

        await Node.Session(id).Update(Alice, new SessionChange(7200, null, null), Patience.Token);
        await Node.Session(id).RunStep(Alice, Code("1", language: "cobol"), null, null, TimeSpan.Zero, Patience.Token);
        await EndSession(id);

        var denied = Node.Audit.Events.Where(static what => what.Outcome == AuditOutcomes.Denied).ToList();
        Assert.Equal([(AuditActions.SessionUpdate, "policy_denied"), (AuditActions.StepDenied, "invalid_request")], denied.Select(static what => (what.Action, what.Cause!)));
        Assert.Contains(new KeyValuePair<string, string>("rule", "ttl"), denied[0].Details);
    }

    [Fact]
    public async Task Snapshot_MadeAndRemoved_IsOnRecord()
    {
        await Start();
        var (id, _) = await Open();
        var kept = await Keep(id);
        SnapshotId.TryParse(kept.Id, out var snapshot);
        await Node.Snapshot(snapshot).Delete(Alice, Patience.Token);
        await Node.Snapshot(SnapshotId.New()).Create(Alice, Spec(SessionId.New()), "fingerprint", Patience.Token);
        await EndSession(id);

        Assert.Equal(
            [
                (AuditActions.SnapshotCreate, AuditOutcomes.Allowed), (AuditActions.SnapshotCreated, AuditOutcomes.Succeeded),
                (AuditActions.SnapshotDelete, AuditOutcomes.Allowed), (AuditActions.SnapshotDeleted, AuditOutcomes.Succeeded), (AuditActions.SnapshotDenied, AuditOutcomes.Denied),
            ],
            Recorded.Where(static what => what.Action.StartsWith("snapshot", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Template_MadeRefusedAndRemoved_IsOnRecord()
    {
        await Node.Start();
        var spec = new TemplateSpec("a", null, "default", null, new Dictionary<string, string> { ["A"] = Marker }, [], new Dictionary<string, IReadOnlyList<string>>());
        var template = (await Node.Catalogue.Begin(Admin, spec, "importer", Patience.Token)).Value!;
        await Node.Catalogue.Begin(Alice, spec, "importer", Patience.Token);
        await Node.Catalogue.Ended(template with { Status = TemplateStatus.Failed, Error = Marker }, Patience.Token);
        await Node.Catalogue.Remove(Admin, "a", Patience.Token);

        Assert.Equal(
            [
                (AuditActions.TemplateCreate, AuditOutcomes.Allowed), (AuditActions.TemplateDenied, AuditOutcomes.Denied),
                (AuditActions.TemplateCreated, AuditOutcomes.Failed), (AuditActions.TemplateDeleted, AuditOutcomes.Succeeded),
            ],
            Recorded);
        Assert.All(Node.Audit.Events, static what => Assert.Equal(("tenant", "a"), (what.TenantId, what.Resource.Id)));
        AssertNoMarker();
    }

    [Fact]
    public async Task Payloads_OfJobsAndSessions_AreNeverOnRecord()
    {
        await Node.Start();
        var env = new Dictionary<string, string> { ["A"] = Marker };
        var (id, _, exec) = await Running(Spec() with
        {
            Code = Marker, Stdin = Marker, Args = [Marker], Env = env, Files = [new JobFile("f", Encoding.UTF8.GetBytes(Marker))], Metadata = env,
        });
        exec.Print(Marker);
        exec.Exit();
        await Ended(id);
        var (session, sandbox) = await Open(SessionSpec() with { Env = env, Metadata = env });
        await Step(session, Code(Marker) with { Env = env, Stdin = Marker }, TimeSpan.Zero);
        (await sandbox.NextExec()).Exit();
        await Ended(session, 1);
        await EndSession(session);

        Assert.NotEmpty(Node.Audit.Events);
        AssertNoMarker();
    }

    private void AssertNoMarker() => Assert.DoesNotContain(Marker, JsonSerializer.Serialize(Node.Audit.Events), StringComparison.Ordinal);
}
