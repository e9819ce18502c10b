using System.Text;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Tests.Sessions;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Runtime;

namespace Sandbox.Grains.Tests.Templates;

/// <summary>Templates on a node of its own: how they come in, what is made from them, and how they go.</summary>
public sealed class TemplateGrainTests : SessionNodeTest
{
    private static readonly Caller Admin = Alice with { Role = Roles.Admin };
    private static readonly Caller Operator = new("default", "operator", Roles.Operator);

    [Fact]
    public async Task Import_Archive_IsTriedOutAndThenReady()
    {
        await Node.Start();

        var template = await Import(Admin, "a", "digest", preloads: ["json"]);

        Assert.Equal(("digest", TemplateSources.Archive, TemplateStatus.Ready), (template.Digest, template.Source, template.Status));
        Assert.Equal("/opt/python3", template.Interpreters!["python"]);
        Assert.Equal(new Dictionary<string, string> { ["IMAGE"] = "yes", ["BOTH"] = "own" }, template.Env);
        Assert.Equal(template.ImportId, (await Node.Templates.All(Patience.Token)).Single().ImportId);
        Assert.Empty(Node.Runtime.Live);
    }

    [Fact]
    public async Task Session_OfATemplate_HasItsInterpreterEnvironmentAndPreloads()
    {
        await Node.Start();
        await Import(Admin, "a", "digest", preloads: ["json", "os.path"]);

        var (id, sandbox) = await Open(SessionSpec() with { Template = "a" });
        var step = Step(id, Code("1"), Long);
        var exec = await sandbox.NextExec();

        Assert.Equal("tenant/a", sandbox.Template);
        var kernel = Assert.Single(sandbox.Kernels);
        Assert.Equal("/opt/python3", kernel.Argv[0]);
        Assert.Equal(("json,os.path", "yes"), (kernel.Env["SANDBOX_PRELOAD"], kernel.Env["IMAGE"]));
        Assert.Equal(("yes", "own", "session", "step"), (exec.Start!.Env["IMAGE"], exec.Start.Env["BOTH"], exec.Start.Env["A"], exec.Start.Env["B"]));
        exec.Exit();
        await step;
        Assert.Equal("tenant/a", (await Session(id)).Template);
        var refused = await Node.Session(id).RunStep(Alice, Code("1", language: "bash"), null, null, Long, Patience.Token);
        Assert.Equal(RefusalCodes.InvalidRequest, refused.Refusal?.Code);
        await EndSession(id);
    }

    [Fact]
    public async Task Submit_LanguageThatTheTemplateLacks_IsRefused()
    {
        await Node.Start();
        await Import(Admin, "a", "digest", interpreters: "\n");

        var job = await Node.Job(Abstractions.Jobs.JobId.New()).Submit(Alice, Spec() with { Template = "a" }, "fingerprint", Patience.Token);

        Assert.Equal((RefusalCodes.LanguageUnavailable, "language"), (job.Refusal?.Code, job.Refusal?.Field));
    }

    [Fact]
    public async Task Submit_TemplateOfAnotherTenant_IsUnknown()
    {
        await Node.Start();
        await Import(Admin, "a", "digest");
        await Import(Operator, "shared", "digest");

        foreach (var name in new[] { "a", "tenant/a", "shared/a", "" })
        {
            var job = await Node.Job(Abstractions.Jobs.JobId.New()).Submit(Stranger, Spec() with { Template = name }, "fingerprint", Patience.Token);
            Assert.Equal(RefusalCodes.TemplateUnknown, job.Refusal?.Code);
        }

        var id = Abstractions.Jobs.JobId.New();
        var accepted = await Node.Job(id).Submit(Stranger, Spec() with { Template = "shared" }, "fingerprint", Patience.Token);
        Assert.Equal("shared", accepted.Value!.Job.Template);
        (await (await Node.Runtime.Next()).NextExec()).Exit();
    }

    [Fact]
    public async Task Import_ArchiveThatIsBad_IsRefusedAndLeavesNothing()
    {
        await Node.Start();

        var reply = await Node.Imports.Import(Admin, TemplateSpec("a"), Bytes("bad"), Patience.Token);

        Assert.Equal((RefusalCodes.TemplateInvalid, "It is bad."), (reply.Refusal?.Code, reply.Refusal?.Detail));
        Assert.Empty(await Node.Templates.All(Patience.Token));
        await Import(Admin, "a", "digest");
    }

    [Fact]
    public async Task Import_SenderGone_LeavesNothing()
    {
        await Node.Start();
        using var gone = new CancellationTokenSource();
        Node.Roots.Hold = new TaskCompletionSource();
        var import = Node.Imports.Import(Admin, TemplateSpec("a"), Bytes("digest"), gone.Token);
        await Until(async () => (await Node.Templates.All(Patience.Token)).Count == 1);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => import);
        Assert.Empty(await Node.Templates.All(Patience.Token));
    }

    [Fact]
    public async Task Import_NoSandboxStarts_FailsAndItsFilesGo()
    {
        await Node.Start();
        Node.Runtime.Faults = 1;

        var reply = await Node.Imports.Import(Admin, TemplateSpec("a"), Bytes("digest"), Patience.Token);
        await Node.Imports.WaitForEnd(reply.Value!, Long, Patience.Token);

        var template = (await Node.Catalogue.Find(Admin, "a", Patience.Token)).Value!;
        Assert.Equal((TemplateStatus.Failed, "No sandbox could be started from it."), (template.Status, template.Error));
        Assert.Empty(Node.Roots.Digests);
    }

    [Fact]
    public async Task Remove_SessionUsesIt_IsRefusedUntilItHasEnded()
    {
        await Node.Start();
        await Import(Admin, "a", "digest");
        var (id, _) = await Open(SessionSpec() with { Template = "a" });

        Assert.Equal(RefusalCodes.TemplateInUse, (await Remove(Admin, "a")).Refusal?.Code);
        Assert.Equal(RefusalCodes.NotFound, (await Remove(Stranger with { Role = Roles.Admin }, "a")).Refusal?.Code);

        await EndSession(id);
        Assert.Null((await Remove(Admin, "a")).Refusal);
        Assert.Empty(Node.Roots.Digests);
        var reply = await Node.Session(Abstractions.Sessions.SessionId.New()).Create(Alice, SessionSpec() with { Template = "a" }, "fingerprint", Patience.Token);
        Assert.Equal(RefusalCodes.TemplateUnknown, reply.Refusal?.Code);
    }

    [Fact]
    public async Task Remove_JobWaits_IsRefusedUntilItHasEnded()
    {
        Node.Slots = 1;
        await Node.Start();
        await Import(Admin, "a", "digest");
        var (_, _, running) = await Running();
        var queued = await Submit(Spec() with { Template = "a" });

        Assert.Equal(RefusalCodes.TemplateInUse, (await Remove(Admin, "a")).Refusal?.Code);

        running.Exit();
        (await (await Node.Runtime.Next()).NextExec()).Exit();
        await Ended(queued);
        Assert.Null((await Remove(Admin, "a")).Refusal);
    }

    [Fact]
    public async Task Remove_AnotherWasMadeUponIt_KeepsTheFiles()
    {
        await Node.Start();
        await Import(Admin, "a", "digest");
        var reply = await Node.Imports.Import(Admin, TemplateSpec("b") with { From = "a" }, null, Patience.Token);
        await Node.Imports.WaitForEnd(await Play(reply.Value!), Long, Patience.Token);

        Assert.Null((await Remove(Admin, "a")).Refusal);

        Assert.Equal(["digest"], Node.Roots.Digests);
        Assert.Null((await Remove(Admin, "b")).Refusal);
        Assert.Empty(Node.Roots.Digests);
    }

    [Fact]
    public async Task Restart_TemplateReady_IsOfferedAgain()
    {
        await Node.Start();
        await Import(Admin, "a", "digest");
        Node.Roots.Digests.Add("left over");
        await Node.Stop();

        await Node.Start();

        Assert.Equal(["digest"], Node.Roots.Digests);
        var (id, sandbox) = await Open(SessionSpec() with { Template = "a" });
        Assert.Equal("tenant/a", sandbox.Template);
        await EndSession(id);
    }

    [Fact]
    public async Task Restart_WhileOneCameIn_ItHasFailed()
    {
        await Node.Start();
        Node.Roots.Hold = new TaskCompletionSource();
        await Node.Imports.Import(Operator, TemplateSpec("a") with { Folder = "/digest" }, null, Patience.Token);
        await Node.Stop();
        Node.Roots.Hold = null;

        await Node.Start();

        var template = (await Node.Catalogue.Find(Admin, "a", Patience.Token)).Value!;
        Assert.Equal((TemplateStatus.Failed, "The server stopped while it came in."), (template.Status, template.Error));
    }

    [Fact]
    public async Task Restart_FilesGone_IsNotOffered()
    {
        await Node.Start();
        await Import(Admin, "a", "digest");
        await Node.Stop();
        Node.Roots.Digests.Clear();

        await Node.Start();

        Assert.Equal(TemplateStatus.Failed, (await Node.Catalogue.Find(Admin, "a", Patience.Token)).Value!.Status);
        var reply = await Node.Session(Abstractions.Sessions.SessionId.New()).Create(Alice, SessionSpec() with { Template = "a" }, "fingerprint", Patience.Token);
        Assert.Equal(RefusalCodes.TemplateUnknown, reply.Refusal?.Code);
    }

    [Fact]
    public async Task Import_FolderThatIsNotAllowed_NamesIt()
    {
        await Node.Start();
        var reply = await Node.Imports.Import(Operator, TemplateSpec("a") with { Folder = "/etc/x" }, null, Patience.Token);
        Assert.Equal((RefusalCodes.TemplateInvalid, "folder"), (reply.Refusal?.Code, reply.Refusal?.Field));
    }

    [Fact]
    public async Task Import_MoreThanTheNodeTakesIn_IsRefusedForNow()
    {
        await Node.Start();
        Node.Roots.Hold = new TaskCompletionSource();
        var first = Node.Imports.Import(Admin, TemplateSpec("a"), Bytes("bad"), Patience.Token);
        var second = Node.Imports.Import(Admin, TemplateSpec("b"), Bytes("bad"), Patience.Token);

        var third = await Node.Imports.Import(Admin, TemplateSpec("c"), Bytes("bad"), Patience.Token);

        Assert.Equal(RefusalCodes.QueueFull, third.Refusal?.Code);
        Assert.NotNull(third.Refusal?.RetryAfter);
        Node.Roots.Hold.SetResult();
        await Task.WhenAll(first, second);
    }

    [Theory]
    [InlineData(null, IsolationClass.Standard)]
    [InlineData("strong", IsolationClass.Strong)]
    public async Task Import_IsTriedOutInTheWeakestClassThatPolicyAllows(string? allowed, IsolationClass expected)
    {
        Node.Runtime.Available = new HashSet<IsolationClass> { IsolationClass.Standard, IsolationClass.Strong };
        if (allowed is not null)
            Node.Settings["Sandbox:Policies:Platform:Isolation:0"] = allowed;
        await Node.Start();

        var reply = await Node.Imports.Import(Admin, TemplateSpec("a"), Bytes("digest"), Patience.Token);
        var sandbox = await Node.Runtime.Next();
        Assert.Equal(expected, sandbox.Isolation);
        var exec = await sandbox.NextExec();
        exec.Print("/opt/python3\n");
        exec.Exit();
        await Node.Imports.WaitForEnd(reply.Value!, Long, Patience.Token);
    }

    [Fact]
    public async Task Import_NoClassThatPolicyAllows_FailsAndMakesNoSandbox()
    {
        Node.Settings["Sandbox:Policies:Platform:Isolation:0"] = "strong";
        await Node.Start();

        var reply = await Node.Imports.Import(Admin, TemplateSpec("a"), Bytes("digest"), Patience.Token);
        await Node.Imports.WaitForEnd(reply.Value!, Long, Patience.Token);

        var template = (await Node.Catalogue.Find(Admin, "a", Patience.Token)).Value!;
        Assert.Equal(TemplateStatus.Failed, template.Status);
        Assert.Contains("isolation class", template.Error, StringComparison.Ordinal);
        Assert.Equal(0, Node.Runtime.Made);
    }

    [Fact]
    public async Task Import_SecondOfATenantMeanwhile_IsRefusedAndAnotherTenantsIsNot()
    {
        await Node.Start();
        Node.Roots.Hold = new TaskCompletionSource();
        var first = Node.Imports.Import(Admin, TemplateSpec("a"), Bytes("one"), Patience.Token);

        var second = await Node.Imports.Import(Admin, TemplateSpec("b"), Bytes("two"), Patience.Token);
        var other = Node.Imports.Import(Stranger with { Role = Roles.Admin }, TemplateSpec("c"), Bytes("bad"), Patience.Token);

        Assert.Equal(RefusalCodes.QueueFull, second.Refusal?.Code);
        Node.Roots.Hold.SetResult();
        Assert.Equal(RefusalCodes.TemplateInvalid, (await other).Refusal?.Code);
        await Node.Imports.WaitForEnd(await Play((await first).Value!), Long, Patience.Token);
    }

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private static TemplateSpec TemplateSpec(string name, params string[] preloads) => new(
        name, null, null, null, new Dictionary<string, string> { ["BOTH"] = "own" }, [],
        preloads.Length > 0 ? new Dictionary<string, IReadOnlyList<string>> { ["python"] = preloads } : new Dictionary<string, IReadOnlyList<string>>());

    private Task<Reply<TemplateRecord>> Remove(Caller caller, string name) => Node.Catalogue.Remove(caller, name, Patience.Token);

    private async Task<TemplateRecord> Import(Caller caller, string name, string digest, string interpreters = "/opt/python3\n", params string[] preloads)
    {
        var reply = await Node.Imports.Import(caller, TemplateSpec(name, preloads), Bytes(digest), Patience.Token);
        Assert.Null(reply.Refusal);
        await Node.Imports.WaitForEnd(await Play(reply.Value!, interpreters), Long, Patience.Token);
        return (await Node.Catalogue.Find(caller, name, Patience.Token)).Value!;
    }

    // The sandbox in which it is tried out says which interpreters it has.
    private async Task<TemplateRecord> Play(TemplateRecord template, string interpreters = "/opt/python3\n")
    {
        var exec = await (await Node.Runtime.Next()).NextExec();
        exec.Print(interpreters);
        exec.Exit();
        return template;
    }
}
