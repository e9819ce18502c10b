namespace Sandbox.Grains.Abstractions.Templates;

/// <summary>Where templates are kept. Acknowledged is durable.</summary>
public interface ITemplateStore
{
    /// <summary>Writes a template, in place of one of its name.</summary>
    Task Save(TemplateRecord template, CancellationToken cancellationToken = default);

    /// <summary>Removes a template; one that is not there is no error.</summary>
    Task Delete(TemplateName name, CancellationToken cancellationToken = default);

    /// <summary>Every template of every tenant.</summary>
    Task<IReadOnlyList<TemplateRecord>> All(CancellationToken cancellationToken = default);

    /// <summary>Whether a job or session that has not ended was made with a template.</summary>
    Task<bool> IsUsed(TemplateName name, CancellationToken cancellationToken = default);
}
