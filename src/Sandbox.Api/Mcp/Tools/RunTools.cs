using ModelContextProtocol.Protocol;
using Sandbox.Api.Http;
using Sandbox.Api.Jobs;
using Sandbox.Api.Jobs.Requests;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Results;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Api.Sandboxes;
using Sandbox.Api.Sessions;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Microsoft.Extensions.Options;

namespace Sandbox.Api.Mcp.Tools;

/// <summary>Running of code, alone or in a session.</summary>
internal sealed class RunTools(IGrainFactory grains, IPlatform platform, Following following, IOptions<ApiOptions> options) : IToolGroup
{
    // A call that is cancelled before this is over is stopped when it is: only then the number of the step is known.
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(1);

    private static readonly string[] OfSandbox = ["files", "artifacts", "secrets", "packages", "template", "isolation", "policy", "metadata"];

    public IEnumerable<ToolDefinition> Tools =>
    [
        new("run_code", "Run code",
            "Runs code in an isolated sandbox and answers with its output, the value of its last expression and what it left. "
            + "With sessionId it runs in that live session: variables and files of earlier steps are there, and plots and tables come as images and rich results. "
            + $"Without sessionId it runs once in a fresh sandbox that is gone afterwards (at most {platform.MaximumLimits.WallSeconds} s, default {platform.DefaultLimits.WallSeconds} s); keep files by naming them in artifacts. "
            + $"Work in /workspace. There is no network unless policy opens it. Output is shown up to {ToolBounds.OutputCharacters} characters a stream; read_output has the rest. "
            + "A program that fails is a normal answer: look at status, error and stderr. Cancelling the call stops the code.",
            new InputSchema()
                .Required("code", Schema.Text("Source text. In Python and JavaScript sessions top-level await works, and the last expression is the result."))
                .Optional("language", Members.Language(platform, "Language. Default: that of the session, python without one."))
                .Optional("sessionId", Schema.Text("Run in this live session (create_session). Leave out to run once in a fresh sandbox."))
                .Optional("context", Schema.Text("With sessionId: steps of one context run in order and share variables; different contexts run side by side. Default default."))
                .Optional("stdin", Schema.Text("Standard input; empty where left out."))
                .Optional("timeoutSeconds", Members.Timeout(platform, "Its variables survive in a session."))
                .Optional("waitSeconds", Members.Wait())
                .Optional("files", Members.Files())
                .Optional("artifacts", Schema.List("Without sessionId: globs, relative to /workspace, of files to keep as artifacts.", Schema.Text("A glob such as out/*.csv.")))
                .WithSandbox(),
            typeof(CodeRun), RunCode) { IsOpenWorld = true, IsDestructive = true },
        new("run_command", "Run a command",
            "Runs a command in a live session and waits for its end; for what shall go on in the background, use start_command. Its working directory is /workspace.",
            new InputSchema()
                .Required("sessionId", Members.Session())
                .Optional("command", Schema.List("Argument vector; the first item is the program. Either this or shell.", Schema.Text("An argument.")))
                .Optional("shell", Schema.Text("Text that bash runs. Either this or command."))
                .Optional("stdin", Schema.Text("Standard input; empty where left out."))
                .Optional("env", Members.Env())
                .Optional("timeoutSeconds", Members.Timeout(platform, "Default: the session's limit of a step."))
                .Optional("waitSeconds", Members.Wait()),
            typeof(CodeRun), RunCommand) { IsOpenWorld = true, IsDestructive = true },
    ];

    private async Task<CallToolResult> RunCode(ToolCall call)
    {
        var body = call.Arguments;
        var session = body.String("sessionId");
        var wait = call.Wait();
        var timeout = ReadTimeout(call);
        if (session is null)
            return await RunOnce(call, timeout, wait);
        var step = new StepRequest
        {
            Code = call.Required("code"),
            Language = body.String("language"),
            Context = body.String("context"),
            Env = body.Map("env", RequestBounds.Variables),
            Stdin = body.String("stdin"),
            TimeoutSeconds = timeout,
        };
        foreach (var name in OfSandbox)
        {
            if (body.Has(name))
                call.Errors.Add(name, "Goes with a fresh sandbox: a session has its own. Use create_session or write_file, or leave sessionId out.");
        }

        return await RunStep(call, session, step, wait);
    }

    private async Task<CallToolResult> RunCommand(ToolCall call)
    {
        var body = call.Arguments;
        var session = call.Required("sessionId");
        var (command, shell) = (body.Strings("command", RequestBounds.Arguments), body.String("shell"));
        if (command is null == shell is null && !call.Errors.Any)
            call.Errors.Add("command", "Either command or shell is required, and not both.");
        var step = new StepRequest
        {
            Command = command ?? ["bash", "-c", shell ?? string.Empty],
            Env = body.Map("env", RequestBounds.Variables),
            Stdin = body.String("stdin"),
            TimeoutSeconds = ReadTimeout(call),
        };
        return await RunStep(call, session, step, call.Wait());
    }

    private async Task<CallToolResult> RunStep(ToolCall call, string session, StepRequest request, TimeSpan wait)
    {
        var spec = SessionRequestMapping.ToStep(request, platform, call.Errors);
        if (call.Wrong() is { } wrong)
            return wrong;
        if (SessionEndpoints.Find(grains, session) is not { } grain)
            return ToolAnswer.NotFound("session");
        var first = wait < FirstLook ? wait : FirstLook;
        var reply = await grain.RunStep(call.Caller, spec, null, null, first, CancellationToken.None);
        if (reply.Value?.Step is not { } step)
            return ToolAnswer.Refuse(reply.Refusal!);
        if (step.Ended || wait <= first)
            return RunAnswer.Of(step);
        var (caller, number) = (call.Caller, step.Sequence);
        var end = await following.ForEnd(
            call,
            (round, token) => grain.GetStep(caller, number, round, token),
            static view => view.Ended,
            (after, round, token) => grain.ReadStepEvents(caller, number, after, round, token),
            wait - first,
            () => grain.Interrupt(caller, number, CancellationToken.None),
            step);
        return end.Value is { } view ? RunAnswer.Of(view) : ToolAnswer.Refuse(end.Refusal!);
    }

    private async Task<CallToolResult> RunOnce(ToolCall call, double? timeout, TimeSpan wait)
    {
        var body = call.Arguments;
        if (body.Has("context"))
            call.Errors.Add("context", "Goes with sessionId.");
        var request = new JobRequest
        {
            Language = body.String("language") ?? "python",
            Code = call.Required("code"),
            Env = body.Map("env", RequestBounds.Variables),
            Stdin = body.String("stdin"),
            Files = body.Objects("files", options.Value.MaxFiles, JobRequestReader.ReadFile),
            Secrets = body.Strings("secrets", RequestBounds.Names),
            Packages = body.Object("packages", SandboxMembers.Packages),
            Template = body.String("template"),
            Isolation = body.String("isolation"),
            Artifacts = body.Strings("artifacts", RequestBounds.Globs),
            Policy = body.String("policy"),
            Metadata = body.Map("metadata", RequestBounds.Labels),
            Limits = timeout is { } seconds ? new ResourceLimitsRequest { WallSeconds = seconds } : null,
        };
        var spec = JobRequestMapping.ToSpec(request, platform, call.Errors);
        if (call.Wrong() is { } wrong)
            return wrong;
        if (SandboxMembers.RefuseIsolation(spec.Isolation, platform) is { } unfit)
            return ToolAnswer.Refuse(unfit);
        var grain = grains.GetGrain<IJobGrain>(JobId.New().ToString());
        var reply = await grain.Submit(call.Caller, spec, string.Empty, CancellationToken.None);
        if (reply.Value?.Job is not { } job)
            return ToolAnswer.Refuse(reply.Refusal!);
        if (job.HasEnded || wait <= TimeSpan.Zero)
            return RunAnswer.Of(job);
        var caller = call.Caller;
        var end = await following.ForEnd(
            call,
            (round, token) => grain.Get(caller, round, token),
            static view => view.HasEnded,
            (after, round, token) => grain.ReadEvents(caller, after, round, token),
            wait,
            () => grain.Cancel(caller, CancellationToken.None),
            job);
        return end.Value is { } view ? RunAnswer.Of(view) : ToolAnswer.Refuse(end.Refusal!);
    }

    private double? ReadTimeout(ToolCall call)
    {
        var seconds = call.Arguments.Number("timeoutSeconds");
        var (least, most) = (platform.MinimumLimits.WallSeconds, platform.MaximumLimits.WallSeconds);
        if (seconds is null || (seconds >= least && seconds <= most))
            return seconds;
        call.Errors.Add("timeoutSeconds", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Must be from {least} to {most}."));
        return null;
    }
}
