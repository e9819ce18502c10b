using System.Security.Cryptography;
using System.Text.Json;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.E2b.Sandboxes;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.E2b.Interpreter;

/// <summary>
/// Contexts of code: the contexts of the session, one language each. That there is one is kept among the labels of the session; two are
/// always there.
/// </summary>
internal sealed class ContextCalls(TimeProvider time)
{
    private const int IdBytes = 10;
    // Of the session's there are some that these clients do not see.
    private const int MostContexts = 12;
    private const int LongestFolder = 900;
    private const char Separator = '\n';
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(10);

    private static readonly CodeContext[] Standing =
    [
        new(CodeLanguages.Python, CodeLanguages.Python, SandboxPaths.Home),
        new(CodeLanguages.JavaScript, CodeLanguages.JavaScript, SandboxPaths.Home),
    ];

    /// <summary>The context of the session for one of ours; the kernel that waits is that of the default one.</summary>
    public static string StepContext(string id) => id == CodeLanguages.Python ? "default" : $"e2b-{id}";

    /// <summary>The context that is named, or that of a language; null where there is none.</summary>
    public ValueTask<CodeContext?> Find(LiveSandbox sandbox, string? id, string? language)
    {
        if (id is not null)
            return new(All(sandbox.View).FirstOrDefault(context => context.Id == id));
        return new(CodeLanguages.Of(language) is { } known ? new CodeContext(known, known, SandboxPaths.Home) : null);
    }

    public Task List(HttpContext context, LiveSandbox sandbox) => context.Response.WriteAsJsonAsync<IReadOnlyList<CodeContext>>(
        [.. All(sandbox.View)], E2bJson.Default.IReadOnlyListCodeContext, cancellationToken: context.RequestAborted);

    public async Task Create(HttpContext context, LiveSandbox sandbox)
    {
        var errors = new RequestErrors();
        if (await LenientBody.Read(context, E2bJson.Default.ContextRequest, errors) is not { } request)
        {
            await ProblemResult.From(errors).ExecuteAsync(context);
            return;
        }

        var cwd = SandboxPaths.Absolute(request.Cwd);
        if (CodeLanguages.Of(request.Language) is not { } language)
        {
            await DoorErrors.Write(context, StatusCodes.Status400BadRequest, "The language must be python, javascript, typescript or bash.");
            return;
        }

        if (cwd.Length > LongestFolder || cwd.Any(char.IsControl))
        {
            await DoorErrors.Write(context, StatusCodes.Status400BadRequest, $"cwd: Has at most {LongestFolder} characters, none of them control characters.");
            return;
        }

        if (All(sandbox.View).Count() >= MostContexts)
        {
            await DoorErrors.Write(context, StatusCodes.Status400BadRequest, $"A sandbox has at most {MostContexts} contexts: remove some.");
            return;
        }

        var made = new CodeContext(RandomNumberGenerator.GetHexString(2 * IdBytes, lowercase: true), language, cwd);
        // Told before it begins: of one that is cut off in between, the client at least hears by listing.
        var label = $"{time.GetUtcNow().UtcTicks:d20}{Separator}{language}{Separator}{cwd}";
        var refusal = await Keep(sandbox, made, label, context.RequestAborted) ?? await Begin(sandbox, made, context.RequestAborted);
        await (refusal is null
            ? context.Response.WriteAsJsonAsync(made, E2bJson.Default.CodeContext, cancellationToken: context.RequestAborted)
            : DoorErrors.Refuse(context, refusal));
    }

    public Task Remove(HttpContext context, LiveSandbox sandbox) => Act(context, sandbox, async found =>
        await Leave(sandbox, found, context.RequestAborted)
        ?? await Keep(sandbox, found, null, context.RequestAborted));

    public Task Restart(HttpContext context, LiveSandbox sandbox) => Act(context, sandbox, async found =>
        await Leave(sandbox, found, context.RequestAborted) ?? await Enter(sandbox, found, context.RequestAborted));

    private static IEnumerable<CodeContext> All(SessionView session) => Standing.Concat(session.Metadata
        .Where(static label => label.Key.StartsWith(SandboxLabels.Context, StringComparison.Ordinal))
        .OrderBy(static label => label.Value, StringComparer.Ordinal)
        .Select(static label => (Id: label.Key[SandboxLabels.Context.Length..], Parts: label.Value.Split(Separator, 3)))
        .Where(static context => context.Parts.Length == 3)
        .Select(static context => new CodeContext(context.Id, context.Parts[1], context.Parts[2])));

    private static async Task Act(HttpContext context, LiveSandbox sandbox, Func<CodeContext, Task<Refusal?>> act)
    {
        var id = context.Request.Path.Value!.Split('/')[2];
        if (All(sandbox.View).FirstOrDefault(known => known.Id == id) is not { } found)
        {
            await DoorErrors.Write(context, StatusCodes.Status404NotFound, $"Context {id} not found");
            return;
        }

        if (await act(found) is { } refusal)
            await DoorErrors.Refuse(context, refusal);
    }

    // One that cannot begin is told of no longer, whoever waits for it.
    private static async Task<Refusal?> Begin(LiveSandbox sandbox, CodeContext made, CancellationToken cancellationToken)
    {
        Refusal? refusal = null;
        var isThere = false;
        try
        {
            refusal = await Enter(sandbox, made, cancellationToken);
            isThere = refusal is null;
        }
        finally
        {
            if (!isThere)
                await Keep(sandbox, made, null, CancellationToken.None);
        }

        return refusal;
    }

    // Starts its kernel, in its folder.
    private static Task<Refusal?> Enter(LiveSandbox sandbox, CodeContext context, CancellationToken cancellationToken)
    {
        var folder = JsonSerializer.Serialize(SandboxPaths.ToSandbox(context.Cwd), E2bJson.Default.String);
        return Run(sandbox, context, CodeLanguages.OfStep(context.Language) switch
        {
            CodeLanguages.Python => $"import os as _os; _os.chdir({folder}); del _os",
            CodeLanguages.JavaScript => $"void process.chdir({folder})",
            _ => $"cd -- '{SandboxPaths.ToSandbox(context.Cwd).Replace("'", "'\\''", StringComparison.Ordinal)}'",
        }, mustSucceed: true, cancellationToken);
    }

    // Ends its kernel, as code itself could; whatever runs there first ends with it.
    private static async Task<Refusal?> Leave(LiveSandbox sandbox, CodeContext context, CancellationToken cancellationToken)
    {
        var page = await sandbox.Grain.ListSteps(sandbox.Caller, Math.Max(0, sandbox.View.Steps - 1000), 1000, cancellationToken);
        foreach (var step in page.Value?.Items.Where(step => !step.Ended && step.Context == StepContext(context.Id)) ?? [])
            await sandbox.Grain.Interrupt(sandbox.Caller, step.Sequence, cancellationToken);
        return await Run(sandbox, context, CodeLanguages.OfStep(context.Language) switch
        {
            CodeLanguages.Python => "import os; os._exit(0)",
            CodeLanguages.JavaScript => "process.exit(0)",
            _ => "exit 0",
        }, mustSucceed: false, cancellationToken);
    }

    private static async Task<Refusal?> Run(LiveSandbox sandbox, CodeContext context, string code, bool mustSucceed, CancellationToken cancellationToken)
    {
        var step = new StepSpec(code, null, CodeLanguages.OfStep(context.Language), StepContext(context.Id), EmptyMaps.OfStrings, null, null);
        var reply = await sandbox.Grain.RunStep(sandbox.Caller, step, null, null, Round, cancellationToken);
        if (reply.Value is not { } submission)
            return reply.Refusal;
        return mustSucceed && submission.Step.Status == StepStatus.Failed
            ? new Refusal(RefusalCodes.InvalidRequest, "The folder cannot be entered, or the language cannot be started.", "cwd")
            : null;
    }

    // Set and removed by the session's grain: of two that come at once neither undoes the other.
    private static async Task<Refusal?> Keep(LiveSandbox sandbox, CodeContext context, string? label, CancellationToken cancellationToken)
    {
        var labels = new Dictionary<string, string?> { [SandboxLabels.Context + context.Id] = label };
        return (await sandbox.Grain.Update(sandbox.Caller, new SessionChange(null, null, null, labels), cancellationToken)).Refusal;
    }
}
