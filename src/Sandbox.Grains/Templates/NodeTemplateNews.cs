using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Sandbox.Grains.Abstractions.Templates;

namespace Sandbox.Grains.Templates;

/// <summary>Takes the catalogue's news to the templates of this process.</summary>
internal sealed class NodeTemplateNews(GrainId id, Silo silo, ILoggerFactory loggers, NodeTemplates templates)
    : GrainService(id, silo, loggers), INodeTemplateNews
{
    public Task Offer(TemplateRecord template)
    {
        templates.Offer(template);
        return Task.CompletedTask;
    }

    public Task Withdraw(TemplateName template) => templates.Withdraw(template);
}
