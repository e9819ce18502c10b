using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Languages;

namespace Sandbox.Runtime.Templates;

/// <summary>
/// Finds out in a real sandbox what a template can do: whether one starts, which interpreters it has, whether their kernels
/// work, whether its preloads can be imported and its start command succeeds.
/// </summary>
public sealed partial class TemplateProbe(
    ISandboxRuntime runtime,
    TemplateRegistry templates,
    KernelStarter kernels,
    IOptions<LanguageOptions> languages,
    ILogger<TemplateProbe> logger)
{
    private const string ExecId = "probe";
    private const int MaxOutputBytes = 16 * 1024;
    private const int MaxPathLength = 1024;
    private static readonly SandboxLimits Limits = new(1, 2L << 30, 256L << 20, 256);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    /// <summary>The template with what was found out of it, in the weakest isolation class that there is.</summary>
    /// <exception cref="TemplateContentException">Nothing can run in it, or not what it shall have ready.</exception>
    public Task<SandboxTemplate> Run(SandboxTemplate template, CancellationToken cancellationToken) =>
        Run(template, runtime.Available.Contains(IsolationClass.Standard) ? IsolationClass.Standard : IsolationClass.Strong, cancellationToken);

    /// <summary>The template with what was found out of it, in an isolation class.</summary>
    /// <inheritdoc cref="Run(SandboxTemplate, CancellationToken)"/>
    public async Task<SandboxTemplate> Run(SandboxTemplate template, IsolationClass isolation, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        // Under a name that no request can say, until it is known to work.
        var candidate = template with { Key = $"{template.Key}?{Guid.NewGuid():N}" };
        templates.Put(candidate);
        try
        {
            return (await Probe(candidate, isolation, timeout.Token)) with { Key = template.Key };
        }
        catch (Exception e) when (e is not TemplateContentException && !cancellationToken.IsCancellationRequested)
        {
            LogFailed(template.Key, e);
            throw new TemplateContentException(e is OperationCanceledException ? "It took too long to get ready." : "No sandbox could be started from it.", e);
        }
        finally
        {
            templates.Remove(candidate.Key);
        }
    }

    private async Task<SandboxTemplate> Probe(SandboxTemplate candidate, IsolationClass isolation, CancellationToken cancellationToken)
    {
        var sandbox = await runtime.Create(new SandboxSpec(candidate.Key, isolation, Limits), cancellationToken);
        try
        {
            if (candidate.Root is not null)
                candidate = candidate with { Interpreters = await FindInterpreters(sandbox, candidate, cancellationToken) };
            templates.Put(candidate);
            await StartCommand.Run(sandbox, candidate, cancellationToken);
            candidate = await StartKernels(sandbox, candidate, cancellationToken);
            return candidate with { IdleBytes = runtime.ReadUsage(sandbox.Id)?.MemoryBytes ?? 0 };
        }
        finally
        {
            await sandbox.DisposeAsync();
            await runtime.Destroy(sandbox.Id, CancellationToken.None);
        }
    }

    // A language whose kernel does not start is not offered; where it has preloads, it was meant to be.
    private async Task<SandboxTemplate> StartKernels(SandboxHandle sandbox, SandboxTemplate candidate, CancellationToken cancellationToken)
    {
        if (candidate.Preloads.Keys.FirstOrDefault(language => !candidate.Offers(language)) is { } missing)
            throw new TemplateContentException($"It has preloads for {missing}, but no interpreter for it in its PATH.");
        foreach (var language in (candidate.Interpreters?.Keys ?? candidate.Preloads.Keys).ToList())
        {
            try
            {
                await kernels.Start(sandbox, language, language, cancellationToken);
            }
            catch (AgentRequestException e) when (candidate.PreloadsOf(language).Count > 0)
            {
                throw new TemplateContentException($"The kernel of {language} did not start with its preloads: {e.Message}", e);
            }
            catch (AgentRequestException e)
            {
                LogNoKernel(candidate.Key, language, e);
                candidate = candidate with { Interpreters = Without(candidate.Interpreters!, language) };
            }
        }

        return candidate;
    }

    private async Task<IReadOnlyDictionary<string, string>> FindInterpreters(SandboxHandle sandbox, SandboxTemplate candidate, CancellationToken cancellationToken)
    {
        var names = languages.Value.Languages.ToDictionary(entry => entry.Key, entry => Path.GetFileName(entry.Value.Kernel[0]));
        var start = new ExecStart(
            Kernel: null,
            ["/bin/sh", "-c", """for name do printf '%s\n' "$(command -v "$name")"; done""", "sh", .. names.Values],
            SandboxEnvironment.With(candidate.Env),
            "/",
            new ExecLimits(WallSeconds: 30, MaxOutputBytes),
            KillAllOnExit: true);
        var (result, output) = await ProgramRun.ToEnd(sandbox.Agent, ExecId, start, cancellationToken);
        if (result is not { EndedBy: ExecEnd.Program, ExitCode: 0 })
            throw new TemplateContentException("Its /bin/sh does not work.");
        // What the shell of a stranger says is used as a path inside its own sandboxes, and as nothing else.
        var lines = Encoding.UTF8.GetString(output).Split('\n');
        return names.Keys.Zip(lines)
            .Where(found => found.Second.StartsWith('/') && found.Second.Length <= MaxPathLength && !found.Second.Any(char.IsControl))
            .ToDictionary(found => found.First, found => found.Second, StringComparer.Ordinal);
    }

    private static Dictionary<string, string> Without(IReadOnlyDictionary<string, string> interpreters, string language) =>
        interpreters.Where(entry => entry.Key != language).ToDictionary(StringComparer.Ordinal);

    [LoggerMessage(Level = LogLevel.Information, Message = "Template {Template} does not work")]
    private partial void LogFailed(string template, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Template {Template} has an interpreter for {Language}, whose kernel does not start")]
    private partial void LogNoKernel(string template, string language, Exception exception);
}
