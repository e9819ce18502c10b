using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Runtime.Templates;

namespace Sandbox.Grains.Templates;

/// <summary>The shell around <see cref="TemplateCatalogue"/>: writes before it acknowledges, and tells every process what it can make sandboxes from.</summary>
[GrainType("template-catalogue")]
internal sealed partial class TemplateCatalogueGrain(
    ITemplateStore store,
    ITemplateRoots roots,
    TemplateNews news,
    TemplatePackages packages,
    IAuditLog audit,
    IOptions<TemplateOptions> options,
    TimeProvider time,
    ILogger<TemplateCatalogueGrain> logger) : Grain, ITemplateCatalogueGrain
{
    // A sandbox that has given way a moment ago is still being cleared away.
    private const int Looks = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private TemplateCatalogue? _catalogue;

    private TemplateCatalogue Catalogue => _catalogue ?? throw new InvalidOperationException("The catalogue has not been read.");

    public override async Task OnActivateAsync(CancellationToken cancellationToken) =>
        _catalogue = new TemplateCatalogue(await store.All(cancellationToken), options.Value.MaxPerTenant);

    public async Task<Reply<TemplateRecord>> Begin(Caller caller, TemplateSpec spec, string importer, CancellationToken cancellationToken = default)
    {
        var reply = Catalogue.Enter(caller, spec, time.GetUtcNow());
        if (reply.Value is not { } template)
            return await Refused(caller, spec.Name, reply.Refusal!);
        if (spec.Folder is { } folder && roots.Refuse(folder) is { } reason)
            return await Refused(caller, spec.Name, new Refusal(RefusalCodes.TemplateInvalid, reason, "folder"));
        if (await packages.Refuse(caller, spec, cancellationToken) is { } forbidden)
            return await Refused(caller, spec.Name, forbidden);
        template = template with { Importer = importer };
        await Save(template, TemplateAudit.Begun(caller, template));
        return template;
    }

    public async Task<bool> Received(TemplateRecord record, CancellationToken cancellationToken = default)
    {
        // In this turn nothing is removed: what is there now stays there, because from now on it is named.
        if (Catalogue.Known(record) is not { } known || !await AreWhole(record, cancellationToken))
            return false;
        await Save(record, null);
        await RemoveUnnamed(known);
        return true;
    }

    public async Task Ended(TemplateRecord record, CancellationToken cancellationToken = default)
    {
        if (Catalogue.Known(record) is not { Status: TemplateStatus.Importing } known)
            return;
        await Save(record, TemplateAudit.Ended(record));
        LogEnded(record.Name, record.Status);
        if (record.Status == TemplateStatus.Ready)
            await news.Offer(record);
        await RemoveUnnamed(known);
    }

    public async Task Abandoned(TemplateRecord record, CancellationToken cancellationToken = default)
    {
        if (Catalogue.Known(record) is not { } known)
            return;
        await store.Delete(record.Name, TemplateAudit.NotReceived(record), cancellationToken);
        Catalogue.Remove(record.Name);
        await RemoveUnnamed(known);
    }

    public Task<Reply<TemplateRecord>> Find(Caller caller, string name, CancellationToken cancellationToken = default) =>
        Task.FromResult(Catalogue.Find(caller, name) is { } found ? found : (Reply<TemplateRecord>)NotFound);

    public Task<TemplatePage> List(Caller caller, TemplateCursor? cursor, int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult(Catalogue.Page(caller, cursor, limit));

    public async Task<Reply<TemplateRecord>> Remove(Caller caller, string name, CancellationToken cancellationToken = default)
    {
        if (Catalogue.Find(caller, name) is not { } template)
            return NotFound;
        if (TemplateCatalogue.RefuseRemoval(caller, template) is { } refusal)
            return await Refused(caller, name, refusal);
        // First: what begins from now on does not find it. What began before is seen, as a record or as a sandbox.
        if (await store.IsUsed(template.Name, cancellationToken) || !await Withdraw(template, cancellationToken))
            return await Refused(caller, name, new Refusal(RefusalCodes.TemplateInUse, "A job or session that has not ended uses the template."));
        try
        {
            await store.Delete(template.Name, TemplateAudit.Removed(caller, template), CancellationToken.None);
        }
        catch
        {
            await news.Offer(template);
            throw;
        }

        Catalogue.Remove(template.Name);
        LogRemoved(template.Name);
        await RemoveUnnamed(template);
        return template;
    }

    public async Task Recover(CancellationToken cancellationToken = default)
    {
        foreach (var template in Catalogue.All.ToList())
        {
            if (await Check(template, cancellationToken) is { } error)
            {
                LogNotTakenUp(template.Name, error);
                var failed = template with { Status = TemplateStatus.Failed, Error = error };
                await Save(failed, TemplateAudit.Ended(failed));
            }
            else if (template.Status == TemplateStatus.Ready)
            {
                await news.Offer(template);
            }
        }

        // Before anything comes in: what is not named now is left over.
        var named = Catalogue.Digests;
        if (news.IsAlone)
            await Task.Run(() => roots.RemoveAllBut(named), cancellationToken);
    }

    // False where a sandbox is there that is not a pool's, or a process could not be told: then it is offered on.
    private async Task<bool> Withdraw(TemplateRecord template, CancellationToken cancellationToken)
    {
        var isWithdrawn = await news.Withdraw(template.Name);
        for (var look = 0; isWithdrawn && roots.InUse(template.Name.ToString()); look++)
        {
            isWithdrawn = look < Looks;
            if (isWithdrawn)
                await Task.Delay(Pause, time, cancellationToken);
        }

        if (!isWithdrawn)
            await news.Offer(template);
        return isWithdrawn;
    }

    private async Task<string?> Check(TemplateRecord template, CancellationToken cancellationToken) => template switch
    {
        { Status: TemplateStatus.Importing } => news.IsActive(template.Importer) ? null : "The server stopped while it came in.",
        { Status: TemplateStatus.Ready } when !await AreWhole(template, cancellationToken) =>
            "Its files on the node are gone or damaged.",
        _ => null,
    };

    private async Task Save(TemplateRecord template, AuditEvent? what)
    {
        await store.Save(template, what);
        Catalogue.Put(template);
    }

    private async Task<Refusal> Refused(Caller caller, string name, Refusal refusal)
    {
        await audit.Append(TemplateAudit.Denied(caller, name, refusal));
        return refusal;
    }

    private Task<bool> AreWhole(TemplateRecord template, CancellationToken cancellationToken) =>
        Task.Run(() => template.Contents().All(roots.IsWhole), cancellationToken);

    private async Task RemoveUnnamed(TemplateRecord template)
    {
        foreach (var digest in template.Contents().Except(Catalogue.Digests).ToList())
            await Task.Run(() => roots.Remove(digest));
    }

    private static Refusal NotFound => new(RefusalCodes.NotFound, "There is no such template.");

    [LoggerMessage(Level = LogLevel.Information, Message = "Template {Template} is {Status}")]
    private partial void LogEnded(TemplateName template, TemplateStatus status);

    [LoggerMessage(Level = LogLevel.Information, Message = "Template {Template} is removed")]
    private partial void LogRemoved(TemplateName template);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Template {Template} is not offered: {Error}")]
    private partial void LogNotTakenUp(TemplateName template, string error);
}
