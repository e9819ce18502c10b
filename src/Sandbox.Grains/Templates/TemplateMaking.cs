using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Runtime.Templates;

namespace Sandbox.Grains.Templates;

/// <summary>What happens to a template after it was entered: its content is taken in or made, and it is tried out.</summary>
internal sealed class TemplateMaking(
    ITemplateRoots roots, TemplateIsolation isolations, PackageLayerBuilder layers, TemplateProbe probe, IGrainFactory grains)
{
    /// <summary>Why a template is refused whose files were on nobody's list for a moment.</summary>
    public const string RemovedMeanwhile = "Its files were removed while it came in; import it again.";

    /// <summary>The template, ready; or failed, with the reason.</summary>
    public async Task<TemplateRecord> Make(Caller caller, TemplateRecord template, string? folder, CancellationToken cancellationToken)
    {
        try
        {
            if (folder is not null)
                template = await Keep(With(template, await roots.Copy(folder, cancellationToken)));
            var isolation = await isolations.For(caller, cancellationToken);
            if (template.Packages is not null)
                template = await Keep(await layers.Build(caller, template, isolation, cancellationToken));
            var found = await probe.Run(NodeTemplates.Of(template), isolation, cancellationToken);
            return template with { Status = TemplateStatus.Ready, Interpreters = found.Interpreters, IdleBytes = found.IdleBytes };
        }
        catch (TemplateContentException e)
        {
            return template with { Status = TemplateStatus.Failed, Error = e.Message, Digest = null, Layer = null };
        }
    }

    /// <summary>The template with the root file system that has come in for it.</summary>
    public static TemplateRecord With(TemplateRecord template, ImportedRoot root) => template with
    {
        Source = root.Format switch { "image" => TemplateSources.Image, "folder" => TemplateSources.Folder, _ => TemplateSources.Archive },
        Env = new SandboxTemplate(string.Empty, null, root.Env, [], template.Preloads, null).EnvironmentWith(template.Env),
        Digest = root.Digest,
        SizeBytes = root.SizeBytes,
    };

    private async Task<TemplateRecord> Keep(TemplateRecord template) =>
        await grains.GetGrain<ITemplateCatalogueGrain>(0).Received(template, CancellationToken.None)
            ? template
            : throw new TemplateContentException(RemovedMeanwhile);
}
