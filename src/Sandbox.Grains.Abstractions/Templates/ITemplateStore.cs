using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Grains.Abstractions.Templates;

/// <summary>Where templates are kept. Acknowledged is durable.</summary>
public interface ITemplateStore
{
    /// <summary>Writes a template, in place of one of its name.</summary>
    /// <param name="template">The template.</param>
    /// <param name="what">Recorded with it, or neither is written; null where the change is of no interest.</param>
    /// <param name="cancellationToken">Cancels the write as long as it has not begun.</param>
    Task Save(TemplateRecord template, AuditEvent? what, CancellationToken cancellationToken = default);

    /// <summary>Removes a template; one that is not there is no error.</summary>
    /// <param name="name">Which one.</param>
    /// <param name="what">Recorded with it, where there is one, or neither is done.</param>
    /// <param name="cancellationToken">Cancels the write as long as it has not begun.</param>
    Task Delete(TemplateName name, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>Every template of every tenant.</summary>
    Task<IReadOnlyList<TemplateRecord>> All(CancellationToken cancellationToken = default);

    /// <summary>Whether a job or session that has not ended was made with a template.</summary>
    Task<bool> IsUsed(TemplateName name, CancellationToken cancellationToken = default);
}
