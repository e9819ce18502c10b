using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Runtime.Templates;

namespace Sandbox.Grains.Templates;

/// <summary>The node's side of imports: unpacks while the bytes come, tries out afterwards, and reports each step to the catalogue.</summary>
internal sealed partial class TemplateImports(
    ITemplateRoots roots,
    TemplateMaking making,
    IGrainFactory grains,
    IOptions<TemplateOptions> options,
    ILocalSiloDetails silo,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<TemplateImports> logger) : ITemplateImports
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private const int MostAttempts = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Task> _running = new();
    private readonly Dictionary<string, int> _tenants = new(StringComparer.Ordinal);
    private int _imports;

    private ITemplateCatalogueGrain Catalogue => grains.GetGrain<ITemplateCatalogueGrain>(0);

    public async Task<Reply<TemplateRecord>> Import(Caller caller, TemplateSpec spec, Stream? archive, CancellationToken cancellationToken = default)
    {
        if (!TryEnter(caller))
            return new Refusal(RefusalCodes.QueueFull, $"The node takes {options.Value.MaxImports} templates in at a time, and of one tenant fewer.", null, RetryAfter);

        var goesOn = false;
        try
        {
            var reply = await Catalogue.Begin(caller, spec, silo.SiloAddress.ToParsableString(), cancellationToken);
            if (reply.Value is { } entered && archive is not null)
                reply = await Receive(entered, archive, cancellationToken);
            if (reply.Value is not { } template)
                return reply;
            goesOn = true;
            _running[template.ImportId] = Task.Run(() => Finish(caller, template, spec.Folder), CancellationToken.None);
            return template;
        }
        finally
        {
            if (!goesOn)
                Leave(caller);
        }
    }

    public async Task WaitForEnd(TemplateRecord template, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        if (template.Status != TemplateStatus.Importing || !_running.TryGetValue(template.ImportId, out var running))
            return;
        try
        {
            await running.WaitAsync(wait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The caller sees that it still comes in.
        }
    }

    // Whoever sent it is told at once what is wrong with it, and may send another one under its name.
    private async Task<Reply<TemplateRecord>> Receive(TemplateRecord template, Stream archive, CancellationToken cancellationToken)
    {
        try
        {
            var received = TemplateMaking.With(template, await roots.Unpack(archive, cancellationToken));
            if (await Catalogue.Received(received, CancellationToken.None))
                return received;
            await Catalogue.Abandoned(template, CancellationToken.None);
            return new Refusal(RefusalCodes.TemplateInvalid, TemplateMaking.RemovedMeanwhile);
        }
        catch (TemplateContentException e)
        {
            LogRefused(template.Name, e);
            await Catalogue.Abandoned(template, CancellationToken.None);
            return new Refusal(RefusalCodes.TemplateInvalid, e.Message, "archive");
        }
        catch
        {
            await Catalogue.Abandoned(template, CancellationToken.None);
            throw;
        }
    }

    private async Task Finish(Caller caller, TemplateRecord template, string? folder)
    {
        try
        {
            var made = await Make(caller, template, folder);
            for (var attempt = 1; made is not null && !await TryEnd(made, attempt); attempt++)
                await Task.Delay(Pause, time, lifetime.ApplicationStopping);
        }
        catch (OperationCanceledException)
        {
            // The server stops. The next one says so of the template.
        }
        finally
        {
            Leave(caller);
            _running.TryRemove(template.ImportId, out _);
        }
    }

    // Null where the server stops: it leaves the template as it is, and the next one says so.
    private async Task<TemplateRecord?> Make(Caller caller, TemplateRecord template, string? folder)
    {
        try
        {
            return await making.Make(caller, template, folder, lifetime.ApplicationStopping);
        }
        catch (Exception e)
        {
            LogNotFinished(template.Name, e);
            return lifetime.ApplicationStopping.IsCancellationRequested
                ? null
                : template with { Status = TemplateStatus.Failed, Error = "The server could not take it in; its log says why.", Digest = null, Layer = null };
        }
    }

    private async Task<bool> TryEnd(TemplateRecord made, int attempt)
    {
        try
        {
            await Catalogue.Ended(made, CancellationToken.None);
            return true;
        }
        catch (Exception e)
        {
            LogNotFinished(made.Name, e);
            return attempt >= MostAttempts;
        }
    }

    // An operator's are the installation's own. Of others one tenant does not take the whole node.
    private bool TryEnter(Caller caller)
    {
        lock (_tenants)
        {
            var mine = _tenants.GetValueOrDefault(caller.TenantId);
            if (_imports >= options.Value.MaxImports || (caller.Role != Roles.Operator && mine > 0 && mine >= options.Value.MaxImports - 1))
                return false;
            _imports++;
            _tenants[caller.TenantId] = mine + 1;
            return true;
        }
    }

    private void Leave(Caller caller)
    {
        lock (_tenants)
        {
            _imports--;
            if (--_tenants[caller.TenantId] == 0)
                _tenants.Remove(caller.TenantId);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Template {Template} was refused for what it is")]
    private partial void LogRefused(TemplateName template, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Template {Template} could not be taken in to its end")]
    private partial void LogNotFinished(TemplateName template, Exception exception);
}
