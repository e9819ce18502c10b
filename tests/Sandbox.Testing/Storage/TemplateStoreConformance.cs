using System.Text.Json;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Templates;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What the store of templates promises, on every backend.</summary>
public abstract class TemplateStoreConformance(IStorageFixture fixture)
{
    private readonly ITemplateStore _templates = fixture.Templates();
    private readonly string _tenant = JobTestStates.NewTenant();

    private AuditEvent What =>
        AuditEvent.OfItself(_tenant, "agent", AuditActions.TemplateDeleted, new AuditResource(AuditResourceTypes.Template, "a"), AuditOutcomes.Succeeded);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Save_Again_ReplacesAndKeepsEveryMember()
    {
        await _templates.Save(Template("a"), null, Cancel);
        var whole = Template("a") with
        {
            Description = "text", From = "default", StartCommand = ["/bin/true", ""], Env = new Dictionary<string, string> { ["A"] = "b" },
            Preloads = new Dictionary<string, IReadOnlyList<string>> { ["python"] = ["json"] },
            Interpreters = new Dictionary<string, string> { ["python"] = "/usr/bin/python3" },
            Digest = "digest", SizeBytes = 7, IdleBytes = 8, Status = TemplateStatus.Failed, Error = "why",
        };
        await _templates.Save(whole, null, Cancel);

        var found = Assert.Single(await Own());

        Assert.Equal(JsonSerializer.Serialize(whole), JsonSerializer.Serialize(found));
        Assert.Equal(whole.Name, found.Name);
    }

    [Fact]
    public async Task Delete_One_LeavesThoseOfOtherTenantsWithItsName()
    {
        var shared = Template("b") with { Name = new TemplateName(null, $"b{Guid.NewGuid():N}") };
        var own = shared with { Name = shared.Name with { Tenant = _tenant } };
        await _templates.Save(shared, null, Cancel);
        await _templates.Save(own, null, Cancel);

        await _templates.Delete(own.Name, What, Cancel);
        await _templates.Delete(own.Name, What, Cancel);

        Assert.Empty(await Own());
        Assert.Contains(await _templates.All(Cancel), template => template.Name == shared.Name);
    }

    [Fact]
    public async Task IsUsed_BySessionOrJob_UntilTheyHaveEnded()
    {
        var name = new TemplateName(_tenant, "used");
        var session = SessionTestStates.Ready(_tenant, JobTestStates.Epoch);
        session.View = session.View with { Template = name.ToString() };
        var job = JobTestStates.Queued(_tenant, JobTestStates.Epoch);
        job.View = job.View with { Template = name.ToString() };
        Assert.False(await _templates.IsUsed(name, Cancel));

        var sessions = new StateHolder<SessionTestState>(session);
        await fixture.GrainStorage().WriteStateAsync("session", session.GrainId(), sessions);
        Assert.True(await _templates.IsUsed(name, Cancel));
        Assert.False(await _templates.IsUsed(name with { Tenant = null }, Cancel));
        session.Ended(SessionStatus.Terminated, JobTestStates.Epoch);
        await fixture.GrainStorage().WriteStateAsync("session", session.GrainId(), sessions);
        Assert.False(await _templates.IsUsed(name, Cancel));

        var jobs = new StateHolder<JobTestState>(job);
        await fixture.GrainStorage().WriteStateAsync("job", job.GrainId(), jobs);
        Assert.True(await _templates.IsUsed(name, Cancel));
        job.With(JobStatus.Succeeded, JobTestStates.Epoch);
        await fixture.GrainStorage().WriteStateAsync("job", job.GrainId(), jobs);
        Assert.False(await _templates.IsUsed(name, Cancel));
    }

    private async Task<IReadOnlyList<TemplateRecord>> Own() => [.. (await _templates.All(Cancel)).Where(template => template.Name.Tenant == _tenant)];

    private TemplateRecord Template(string name) => new(
        new TemplateName(_tenant, name), "import", null, TemplateSources.Archive, null, new Dictionary<string, string>(), [],
        new Dictionary<string, IReadOnlyList<string>>(), null, null, 0, 0, TemplateStatus.Importing, null, "agent", JobTestStates.Epoch);
}
