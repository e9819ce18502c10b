using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Templates;

/// <summary>Takes templates in. Bytes do not ride in grain messages: the catalogue enters the template, and the bytes flow from the caller to the node.</summary>
public interface ITemplateImports
{
    /// <summary>
    /// Takes a template in. Answers when it is entered and its archive is unpacked; that it is tried out goes on, and ends with
    /// <see cref="TemplateStatus.Ready"/> or <see cref="TemplateStatus.Failed"/>.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="spec">What it shall be.</param>
    /// <param name="archive">The archive, where it comes from one.</param>
    /// <param name="cancellationToken">Ends the transfer; nothing of the template remains.</param>
    Task<Reply<TemplateRecord>> Import(Caller caller, TemplateSpec spec, Stream? archive, CancellationToken cancellationToken = default);

    /// <summary>Completes when a template is not importing any more, or when it has waited for long enough.</summary>
    Task WaitForEnd(TemplateRecord template, TimeSpan wait, CancellationToken cancellationToken = default);
}
