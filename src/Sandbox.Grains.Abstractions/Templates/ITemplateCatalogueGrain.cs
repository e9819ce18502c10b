using Orleans.Concurrency;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Templates;

/// <summary>
/// The catalogue of all templates: the one who writes them, so that a name is given once and nothing is removed while it is
/// being built upon. Who needs a template to run something asks the node and not this grain.
/// </summary>
[Alias("sandbox.templates")]
public interface ITemplateCatalogueGrain : IGrainWithIntegerKey
{
    /// <summary>Enters a template that is about to come in.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="spec">What it shall be.</param>
    /// <param name="importer">Address in the cluster of the process that it comes in through: with that one, it ends.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    [Alias("begin")]
    Task<Reply<TemplateRecord>> Begin(Caller caller, TemplateSpec spec, string importer, CancellationToken cancellationToken = default);

    /// <summary>Its root file system has come in. False when the import is not known any more.</summary>
    /// <param name="record">What is to be kept of it from now on.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    [Alias("received")]
    Task<bool> Received(TemplateRecord record, CancellationToken cancellationToken = default);

    /// <summary>It was tried out, or has failed: from now on it can be used, or says why it cannot.</summary>
    [Alias("ended")]
    Task Ended(TemplateRecord record, CancellationToken cancellationToken = default);

    /// <summary>It did not come in, and whoever sent it was told: nothing of it remains.</summary>
    [Alias("abandoned")]
    Task Abandoned(TemplateRecord record, CancellationToken cancellationToken = default);

    /// <summary>The template that a caller means by a name.</summary>
    [Alias("find"), ReadOnly]
    Task<Reply<TemplateRecord>> Find(Caller caller, string name, CancellationToken cancellationToken = default);

    /// <summary>Templates that a caller can use, newest first.</summary>
    [Alias("list"), ReadOnly]
    Task<TemplatePage> List(Caller caller, TemplateCursor? cursor, int limit, CancellationToken cancellationToken = default);

    /// <summary>Removes a template that nothing uses, and answers with what it was.</summary>
    [Alias("remove")]
    Task<Reply<TemplateRecord>> Remove(Caller caller, string name, CancellationToken cancellationToken = default);

    /// <summary>Makes the processes of the cluster know the templates after one has started, and gives up what came in through one that has ended.</summary>
    [Alias("recover")]
    Task Recover(CancellationToken cancellationToken = default);
}
