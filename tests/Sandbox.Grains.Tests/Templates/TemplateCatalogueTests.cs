using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Templates;

namespace Sandbox.Grains.Tests.Templates;

public sealed class TemplateCatalogueTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Caller Operator = new("default", "operator", Roles.Operator);
    private static readonly Caller Admin = new("acme", "alice", Roles.Admin);
    private static readonly Caller OtherAdmin = new("other", "bob", Roles.Admin);

    private readonly TemplateCatalogue _catalogue = new([], maxPerTenant: 3);

    [Theory]
    [InlineData(Roles.Member, null, null, RefusalCodes.PolicyDenied)]
    [InlineData(Roles.Auditor, null, null, RefusalCodes.PolicyDenied)]
    [InlineData(Roles.Admin, "/srv/images", null, RefusalCodes.PolicyDenied)]
    [InlineData(Roles.Admin, null, "absent", RefusalCodes.TemplateUnknown)]
    [InlineData(Roles.Admin, null, "default", null)]
    [InlineData(Roles.Admin, null, null, null)]
    [InlineData(Roles.Operator, "/srv/images", null, null)]
    public void Enter_ByRoleAndSource_IsRefusedOrNot(string role, string? folder, string? from, string? code) =>
        Assert.Equal(code, _catalogue.Enter(new Caller("acme", "alice", role), Spec("a", from, folder), Start).Refusal?.Code);

    [Fact]
    public void Enter_NameTaken_IsRefusedWhereSomebodyCouldMeanEither()
    {
        Put(Admin, "own");
        Put(Operator, "shared");

        Assert.Equal(RefusalCodes.TemplateExists, Refusal(Admin, "own"));
        Assert.Equal(RefusalCodes.TemplateExists, Refusal(Admin, "shared"));
        Assert.Equal(RefusalCodes.TemplateExists, Refusal(Operator, "shared"));
        Assert.Equal(RefusalCodes.TemplateExists, Refusal(Operator, "own"));
        Assert.Equal(RefusalCodes.TemplateExists, Refusal(Operator, "default"));
        Assert.Equal(RefusalCodes.TemplateExists, Refusal(Admin, "default"));
        Assert.Null(Refusal(OtherAdmin, "own"));
    }

    [Fact]
    public void Enter_FailedOneHasTheName_TakesItsPlace()
    {
        Put(Admin, "a", TemplateStatus.Failed);
        Assert.Null(Refusal(Admin, "a"));
    }

    [Fact]
    public void Enter_MoreThanATenantMayHave_IsRefused()
    {
        foreach (var name in new[] { "a", "b", "c" })
            Put(Admin, name);
        Assert.Equal(RefusalCodes.QuotaExceeded, Refusal(Admin, "d"));
        Assert.Null(Refusal(OtherAdmin, "d"));
    }

    [Fact]
    public void Enter_UponAnother_HasAllThatOneHas()
    {
        var basis = Put(Admin, "a") with
        {
            Env = new Dictionary<string, string> { ["A"] = "basis", ["B"] = "basis" },
            StartCommand = ["/bin/true"],
            Preloads = new Dictionary<string, IReadOnlyList<string>> { ["python"] = ["json", "os"] },
            Interpreters = new Dictionary<string, string> { ["python"] = "/usr/bin/python3" },
            Digest = "digest",
            SizeBytes = 7,
            Packages = new RequestedPackages(["numpy"], []),
            Layer = "layer",
        };
        _catalogue.Put(basis);

        var made = _catalogue.Enter(Admin, Spec("b", "a") with
        {
            Env = new Dictionary<string, string> { ["B"] = "own" },
            Preloads = new Dictionary<string, IReadOnlyList<string>> { ["python"] = ["os", "re"], ["javascript"] = ["fs"] },
        }, Start).Value!;

        Assert.Equal(new Dictionary<string, string> { ["A"] = "basis", ["B"] = "own" }, made.Env);
        Assert.Equal(["json", "os", "re"], made.Preloads["python"]);
        Assert.Equal(["fs"], made.Preloads["javascript"]);
        Assert.Equal(("digest", 7, "a", TemplateStatus.Importing), (made.Digest, made.SizeBytes, made.From, made.Status));
        Assert.Equal(basis.StartCommand, made.StartCommand);
        Assert.Same(basis.Interpreters, made.Interpreters);
        Assert.Equal(("layer", null), (made.Layer, made.Packages));
        Assert.Equal(["digest", "layer"], made.Contents());
    }

    [Fact]
    public void Find_NameOfATenant_IsSeenByThatTenantOnly()
    {
        var own = Put(Admin, "own");
        var shared = Put(Operator, "shared");

        Assert.Same(own, _catalogue.Find(Admin, "own"));
        Assert.Null(_catalogue.Find(OtherAdmin, "own"));
        Assert.Same(shared, _catalogue.Find(OtherAdmin, "shared"));
        Assert.Equal(TemplateSources.Host, _catalogue.Find(OtherAdmin, "default")!.Source);
    }

    [Fact]
    public void RefuseRemoval_ByRoleAndState_SaysWhy()
    {
        var (own, shared) = (Put(Admin, "own"), Put(Operator, "shared"));
        Assert.Null(TemplateCatalogue.RefuseRemoval(Admin, own));
        Assert.Null(TemplateCatalogue.RefuseRemoval(Operator, shared));
        Assert.Equal(RefusalCodes.PolicyDenied, TemplateCatalogue.RefuseRemoval(Admin, shared)?.Code);
        Assert.Equal(RefusalCodes.PolicyDenied, TemplateCatalogue.RefuseRemoval(Admin with { Role = Roles.Member }, own)?.Code);
        Assert.Equal(RefusalCodes.PolicyDenied, TemplateCatalogue.RefuseRemoval(Operator, _catalogue.Find(Operator, "default")!)?.Code);
        Assert.Equal(RefusalCodes.TemplateInUse, TemplateCatalogue.RefuseRemoval(Admin, own with { Status = TemplateStatus.Importing })?.Code);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    public void Page_ByPage_HasEachOnceNewestFirst(int limit)
    {
        foreach (var (name, i) in new[] { "a", "b", "c" }.Select((name, i) => (name, i)))
            _catalogue.Put(Put(Admin, name) with { CreatedAt = Start.AddMinutes(i / 2) });
        Put(OtherAdmin, "hidden");

        var seen = new List<string>();
        TemplateCursor? cursor = null;
        do
        {
            var page = _catalogue.Page(Admin, cursor, limit);
            Assert.True(page.Items.Count <= limit);
            seen.AddRange(page.Items.Select(template => template.Name.Name));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(["c", "b", "a", "default"], seen);
    }

    [Fact]
    public void Known_MadeAnewUnderItsName_IsAnother()
    {
        var old = Put(Admin, "a");
        var present = Put(Admin, "a");
        Assert.Null(_catalogue.Known(old));
        Assert.Same(present, _catalogue.Known(present));
    }

    private static TemplateSpec Spec(string name, string? from = null, string? folder = null) =>
        new(name, null, from, folder, new Dictionary<string, string>(), [], new Dictionary<string, IReadOnlyList<string>>());

    private string? Refusal(Caller caller, string name) => _catalogue.Enter(caller, Spec(name), Start).Refusal?.Code;

    private TemplateRecord Put(Caller caller, string name, TemplateStatus status = TemplateStatus.Ready)
    {
        var template = new TemplateCatalogue([], 1).Enter(caller, Spec(name), Start).Value! with { Status = status };
        _catalogue.Put(template);
        return template;
    }
}
