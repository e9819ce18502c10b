using Orleans.Services;
using Sandbox.Grains.Abstractions.Templates;

namespace Sandbox.Grains.Templates;

/// <summary>One per process: is told by the catalogue what sandboxes can be made from.</summary>
[Alias("sandbox.templates.news")]
internal interface INodeTemplateNews : IGrainService
{
    /// <summary>From now on sandboxes are made from it.</summary>
    [Alias("offer")]
    Task Offer(TemplateRecord template);

    /// <summary>From now on no sandbox is made from it, and none is kept ready.</summary>
    [Alias("withdraw")]
    Task Withdraw(TemplateName template);
}
