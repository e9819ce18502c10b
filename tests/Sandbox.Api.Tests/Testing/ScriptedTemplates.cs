using System.Collections.Concurrent;
using System.Text;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Testing;

/// <summary>Imports that keep what they were told. An archive of the text <c>bad</c> is refused; a template called <c>slow</c> never ends.</summary>
internal sealed class ScriptedImports(IGrainFactory grains) : ITemplateImports
{
    public ConcurrentQueue<(TemplateSpec Spec, string? Archive)> Told { get; } = new();

    public async Task<Reply<TemplateRecord>> Import(Caller caller, TemplateSpec spec, Stream? archive, CancellationToken cancellationToken = default)
    {
        string? text = null;
        if (archive is not null)
        {
            using var reader = new StreamReader(archive, Encoding.UTF8);
            text = await reader.ReadToEndAsync(cancellationToken);
        }

        Told.Enqueue((spec, text));
        if (text == "bad")
            return new Refusal(RefusalCodes.TemplateInvalid, "It is bad.", "archive");
        return await grains.GetGrain<ITemplateCatalogueGrain>(0).Begin(caller, spec, "process", cancellationToken);
    }

    public Task WaitForEnd(TemplateRecord template, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        return Task.CompletedTask;
    }
}

/// <summary>A catalogue of what was begun; all but <c>slow</c> is ready at once.</summary>
internal sealed class ScriptedCatalogueGrain : Grain, ITemplateCatalogueGrain
{
    private readonly Dictionary<string, TemplateRecord> _templates = [];

    public Task<Reply<TemplateRecord>> Begin(Caller caller, TemplateSpec spec, string importer, CancellationToken cancellationToken = default)
    {
        var status = spec.Name == "slow" ? TemplateStatus.Importing : TemplateStatus.Ready;
        var template = new TemplateRecord(
            new TemplateName(null, spec.Name), "import", spec.Description, spec.Folder is null ? TemplateSources.Template : TemplateSources.Folder, spec.From ?? spec.Folder,
            spec.Env, spec.StartCommand, spec.Preloads, null, "00ff", 7, 0, status, null, caller.AgentId, DateTimeOffset.UnixEpoch.AddYears(50), Packages: spec.Packages);
        _templates[spec.Name] = template;
        return Task.FromResult<Reply<TemplateRecord>>(template);
    }

    public Task<Reply<TemplateRecord>> Find(Caller caller, string name, CancellationToken cancellationToken = default) =>
        Task.FromResult<Reply<TemplateRecord>>(_templates.TryGetValue(name, out var found) ? found : new Refusal(RefusalCodes.NotFound, "There is no such template."));

    public Task<TemplatePage> List(Caller caller, TemplateCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        var rest = _templates.Values.OrderBy(template => template.Name.Name, StringComparer.Ordinal)
            .Where(template => cursor is null || string.CompareOrdinal(template.Name.Name, cursor.Name) > 0).ToList();
        var page = rest.Take(limit).ToList();
        return Task.FromResult(new TemplatePage(page, rest.Count > limit ? new TemplateCursor(page[^1].CreatedAt, page[^1].Name.Name) : null));
    }

    public Task<Reply<TemplateRecord>> Remove(Caller caller, string name, CancellationToken cancellationToken = default) =>
        Task.FromResult<Reply<TemplateRecord>>(name == "used" ? new Refusal(RefusalCodes.TemplateInUse, "It is used.")
            : _templates.Remove(name, out var found) ? found : new Refusal(RefusalCodes.NotFound, "There is no such template."));

    public Task<bool> Received(TemplateRecord record, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Ended(TemplateRecord record, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Abandoned(TemplateRecord record, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Recover(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
