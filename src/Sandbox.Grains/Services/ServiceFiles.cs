using System.Text;
using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Sessions;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Languages;

namespace Sandbox.Grains.Services;

/// <summary>What a service's workspace begins with: its files, and its code as one of them.</summary>
internal sealed partial class ServiceFiles(JobInputs inputs, KernelStarter kernels, ILogger<ServiceFiles> logger)
{
    private const int Readable = 0b110_100_100;

    private static readonly Refusal Gone = new(RefusalCodes.ArtifactUnknown, "An artifact among the files is gone, or damaged.", "files");

    private static readonly Refusal Lost = new(RefusalCodes.SandboxStartFailed, "No sandbox could be started.", null, TimeSpan.FromSeconds(2));

    /// <summary>Argument vector of a service's program.</summary>
    /// <param name="spec">The service.</param>
    /// <param name="template">Key of its template.</param>
    public IReadOnlyList<string> ProgramOf(ServiceSpec spec, string template) =>
        spec.Command ?? [kernels.InterpreterOf(template, spec.Language!), $"{SandboxEnvironment.Workspace}/{CodeFile.NameOf(spec.Language!)}"];

    /// <summary>Why its files are not to be had; null where they are.</summary>
    public Task<Refusal?> Refuse(string tenantId, ServiceSpec spec, CancellationToken cancellationToken) => inputs.Refuse(tenantId, spec.Files, cancellationToken);

    /// <summary>Places all of it in a new sandbox; the refusal where that cannot be done.</summary>
    public async Task<Refusal?> Place(string tenantId, ServiceSpec spec, SandboxLink link, CancellationToken cancellationToken)
    {
        try
        {
            var agent = (await link.Get(cancellationToken)).Agent;
            foreach (var file in spec.Files)
            {
                await using var content = await inputs.Open(tenantId, file, cancellationToken);
                if (content is null)
                    return Gone;
                await Write(agent, file.Path, content, cancellationToken);
            }

            if (spec is { Code: { } code, Language: { } language })
                await Write(agent, CodeFile.NameOf(language), new MemoryStream(Encoding.UTF8.GetBytes(code)), cancellationToken);
            return null;
        }
        catch (InvalidDataException)
        {
            return Gone;
        }
        catch (AgentRequestException e)
        {
            return e.Code == AgentErrors.NoSpace
                ? new Refusal(RefusalCodes.DiskFull, "The files do not fit into the workspace.", "files")
                : new Refusal(RefusalCodes.InvalidRequest, "A file could not be placed in the workspace.", "files");
        }
        catch (Exception e) when (e is AgentConnectionException or SandboxLostException)
        {
            LogLost(e);
            return Lost;
        }
    }

    private static Task Write(IAgentClient agent, string path, Stream content, CancellationToken cancellationToken) =>
        agent.WriteFile(new WriteFileRequest($"{SandboxEnvironment.Workspace}/{path}", Readable), content, cancellationToken);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sandbox of a new service was lost while its files were placed")]
    private partial void LogLost(Exception exception);
}
