using System.Text.Json;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.E2b.Sandboxes;
using Sandbox.Api.Http;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.E2b.Interpreter;

/// <summary>Runs code in the contexts of a sandbox: as steps of its session.</summary>
internal sealed class CodeCalls(ContextCalls contexts, IPlatform platform, TimeProvider time)
{
    public async Task Execute(HttpContext context, LiveSandbox sandbox)
    {
        var errors = new RequestErrors();
        var request = await LenientBody.Read(context, E2bJson.Default.ExecuteRequest, errors);
        if (request is { Code: null })
            errors.Add("code", "Must be a string.");
        if (request is { ContextId: not null, Language: not null })
            errors.Add("context_id", "Goes without a language: the context has one.");
        if (request?.EnvVars?.ContainsValue(null!) == true)
            errors.Add("env_vars", "Has strings only.");
        if (request is null || errors.Any)
        {
            await ProblemResult.From(errors).ExecuteAsync(context);
            return;
        }

        if (await contexts.Find(sandbox, request.ContextId, request.Language) is not { } place)
        {
            await (request.ContextId is not null
                ? DoorErrors.Write(context, StatusCodes.Status404NotFound, $"Context {request.ContextId} not found")
                : DoorErrors.Write(context, StatusCodes.Status400BadRequest, "The language must be python, javascript, typescript or bash."));
            return;
        }

        var code = request.Code!;
        if (place.Language == CodeLanguages.TypeScript)
        {
            var stripped = await TypeScript.Strip(sandbox, code, context.RequestAborted);
            if (stripped.Value is not { } plain)
            {
                await DoorErrors.Refuse(context, stripped.Refusal!);
                return;
            }

            if (plain.Error is { } error)
            {
                await new CodeStream(sandbox, sandbox.View.Steps, time).Fail(context, error);
                return;
            }

            code = plain.Code!;
        }

        await Run(context, sandbox, place, code, request.EnvVars);
    }

    private async Task Run(HttpContext context, LiveSandbox sandbox, CodeContext place, string code, Dictionary<string, string>? env)
    {
        var errors = new RequestErrors();
        var step = SessionRequestMapping.ToStep(
            new StepRequest { Code = code, Language = CodeLanguages.OfStep(place.Language), Context = ContextCalls.StepContext(place.Id), Env = env }, platform, errors);
        if (errors.Any)
        {
            await ProblemResult.From(errors).ExecuteAsync(context);
            return;
        }

        var reply = await sandbox.Grain.RunStep(sandbox.Caller, step, null, null, TimeSpan.Zero, context.RequestAborted);
        if (reply.Value is not { } submission)
        {
            await DoorErrors.Refuse(context, reply.Refusal!);
            return;
        }

        try
        {
            await new CodeStream(sandbox, submission.Step.Sequence, time).Run(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever left must not keep the next one waiting.
            await sandbox.Grain.Interrupt(sandbox.Caller, submission.Step.Sequence, CancellationToken.None);
        }
    }
}
