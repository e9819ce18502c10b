using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Packages;
using Sandbox.Protocol;
using Sandbox.Runtime;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Languages;
using Sandbox.Runtime.Templates;

namespace Sandbox.Grains.Templates;

/// <summary>
/// Installs packages upon a template: in a sandbox of it, by its own pip and npm, into a folder that then becomes the read-only
/// layer of every sandbox of the new one. What another layer had before is in it too, so that there is never more than one.
/// </summary>
internal sealed partial class PackageLayerBuilder(
    TemplateWorkshop workshop, PackageInstaller installer, ITemplateRoots roots, IOptions<TemplateOptions> options)
{
    private const string Folder = SandboxEnvironment.Workspace + "/packages";
    private const int MaxTold = 2000;

    private static readonly ExecLimits Limits = new(WallSeconds: 30, OutputBytes: 4096);

    /// <summary>The template with its packages.</summary>
    /// <exception cref="TemplateContentException">They could not be installed; the end of what the installer said is in the message.</exception>
    public Task<TemplateRecord> Build(Caller caller, TemplateRecord template, IsolationClass isolation, CancellationToken cancellationToken) =>
        workshop.Do(caller, template, isolation, (bench, token) => Build(bench, template, token), cancellationToken);

    private async Task<TemplateRecord> Build(Workbench bench, TemplateRecord template, CancellationToken cancellationToken)
    {
        await Prepare(bench.Sandbox.Agent, template, cancellationToken);
        var said = await installer.Install(
            bench.Sandbox, "packages", template.Packages, bench.Permitted, PackagePlace.In(Folder), bench.Refused, bench.Environment, cancellationToken);
        if (said is not null)
            throw new TemplateContentException(said.Length > MaxTold ? said[^MaxTold..] : said);
        var userSite = await FindUserSite(bench, cancellationToken);
        await using var tree = await bench.Sandbox.Agent.ExportTree(new ExportTreeRequest(Folder, options.Value.MaxBytes), cancellationToken);
        var layer = await roots.UnpackLayer(tree.Content, cancellationToken);
        return template with
        {
            Layer = layer.Digest,
            SizeBytes = layer.SizeBytes + (template.Digest is { } root ? roots.SizeOf(root) : 0),
            Env = PackageLayer.EnvironmentWith(template.Env, userSite),
        };
    }

    // Only a template with a Python of its own kind knows where that looks. What it says is held to what it can be.
    private async Task<string?> FindUserSite(Workbench bench, CancellationToken cancellationToken)
    {
        var python = installer.PythonOf(bench.Sandbox.Spec.Template);
        var env = SandboxEnvironment.With(bench.Environment);
        var start = new ExecStart(null, [python, "-c", "import site; print(site.getusersitepackages())"], env, SandboxEnvironment.Workspace, Limits, KillAllOnExit: true);
        var (result, output) = await ProgramRun.ToEnd(bench.Sandbox.Agent, "user-site", start, cancellationToken);
        var path = Encoding.UTF8.GetString(output).Trim();
        return result is { EndedBy: ExecEnd.Program, ExitCode: 0 } && UserSite().IsMatch(path) ? path : null;
    }

    private static async Task Prepare(IAgentClient agent, TemplateRecord template, CancellationToken cancellationToken)
    {
        if (await Find(agent, PackageLayer.Inside, cancellationToken) is null)
            throw new TemplateContentException("The template to build upon was imported by an earlier release; import it again.");
        // In place of the link, Node would search a folder of the image's own.
        if (template.Packages!.Node.Count > 0 && (await Find(agent, PackageLayer.NodeLink, cancellationToken))?.LinkTarget != PackageLayer.NodeLinkTarget)
            throw new TemplateContentException($"The template to build upon has a {PackageLayer.NodeLink} of its own: packages of Node would not be found.");
        foreach (var part in new[] { PackageLayer.Python, PackageLayer.Node })
            await agent.MakeFolder(new MakeFolderRequest($"{Folder}/{part}", Parents: true), cancellationToken);
        if (template.Layer is null)
            return;
        await using var earlier = await agent.ExportTree(new ExportTreeRequest(PackageLayer.Inside, long.MaxValue), cancellationToken);
        await agent.ImportTree(new ImportTreeRequest(Folder), earlier.Content, cancellationToken);
    }

    private static async Task<FileEntry?> Find(IAgentClient agent, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await agent.Stat(path, cancellationToken);
        }
        catch (AgentRequestException e) when (e.Code == AgentErrors.NotFound)
        {
            return null;
        }
    }

    [GeneratedRegex("^/workspace/[A-Za-z0-9._/-]{1,200}\\z")]
    private static partial Regex UserSite();
}
