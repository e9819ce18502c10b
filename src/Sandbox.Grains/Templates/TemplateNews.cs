using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Runtime.Services;
using Sandbox.Grains.Abstractions.Templates;

namespace Sandbox.Grains.Templates;

/// <summary>The catalogue's word to every process of the cluster.</summary>
internal sealed partial class TemplateNews(IServiceProvider services, ISiloStatusOracle silos, ILogger<TemplateNews> logger)
    : GrainServiceClient<INodeTemplateNews>(services)
{
    /// <summary>Whether a process takes part in the cluster.</summary>
    public bool IsActive(string? process) => Active().Any(silo => silo.ToParsableString() == process);

    /// <summary>Whether this process is the only one.</summary>
    public bool IsAlone => Active().Count() == 1;

    /// <summary>From now on every process makes sandboxes from it.</summary>
    public async Task Offer(TemplateRecord template)
    {
        // One that ends meanwhile reads them all when it starts again.
        await Task.WhenAll(Active().Select(silo => Tell(silo, news => news.Offer(template))));
    }

    /// <summary>From now on no process makes a sandbox from it; false where one could not be told.</summary>
    public async Task<bool> Withdraw(TemplateName template) =>
        !(await Task.WhenAll(Active().Select(silo => Tell(silo, news => news.Withdraw(template))))).Contains(false);

    private IEnumerable<SiloAddress> Active() => silos.GetApproximateSiloStatuses(onlyActive: true).Keys;

    private async Task<bool> Tell(SiloAddress silo, Func<INodeTemplateNews, Task> tell)
    {
        try
        {
            await tell(GetGrainService(silo));
            return true;
        }
        catch (Exception e)
        {
            LogNotTold(silo, e);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Process {Silo} could not be told of a template")]
    private partial void LogNotTold(SiloAddress silo, Exception exception);
}
