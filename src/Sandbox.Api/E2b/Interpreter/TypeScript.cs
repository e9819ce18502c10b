using System.Text.Json;
using Sandbox.Api.E2b.Routing;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.E2b.Interpreter;

/// <summary>
/// TypeScript without its types, which is JavaScript: what takes them out is the Node.js of the sandbox itself, where it can. It runs on a
/// kernel of its own, so that nothing the code has defined is in its way.
/// </summary>
internal static class TypeScript
{
    private const string Context = "e2b-strip";
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(10);

    private static readonly CodeError TooOld = new(
        "LanguageUnavailable", "The Node.js of this sandbox cannot read TypeScript: that takes version 22.13 or a newer one. Send JavaScript.");

    /// <summary>The code, or what is wrong with it.</summary>
    public static async Task<Reply<StrippedCode>> Strip(LiveSandbox sandbox, string code, CancellationToken cancellationToken)
    {
        var text = JsonSerializer.Serialize(code, E2bJson.Default.String);
        var script = $"(() => {{ const strip = require('module').stripTypeScriptTypes; return strip ? {{ ok: true, code: strip({text}, {{ mode: 'transform' }}) }} : {{ ok: false }}; }})()";
        var step = new StepSpec(script, null, CodeLanguages.JavaScript, Context, Http.EmptyMaps.OfStrings, null, null);
        var reply = await sandbox.Grain.RunStep(sandbox.Caller, step, null, null, Round, cancellationToken);
        if (reply.Value is not { } submission)
            return reply.Refusal!;
        var view = submission.Step;
        while (!view.Ended)
        {
            if ((await sandbox.Grain.GetStep(sandbox.Caller, view.Sequence, Round, cancellationToken)).Value is not { } next)
                return new StrippedCode(null, TooOld);
            view = next;
        }

        if (view.Error is { } error)
            return new StrippedCode(null, ReadError(error));
        return view.MainResult is { } main && Read(view.Results[main]) is { } plain ? new StrippedCode(plain, null) : new StrippedCode(null, TooOld);
    }

    private static CodeError ReadError(string error)
    {
        using var document = JsonDocument.Parse(error);
        return new CodeError(CodeResults.Text(document.RootElement, "name") ?? "Error", CodeResults.Text(document.RootElement, "value") ?? string.Empty);
    }

    private static string? Read(string bundle)
    {
        using var shown = JsonDocument.Parse(bundle);
        return shown.RootElement.TryGetProperty("application/json", out var answer) && answer.ValueKind == JsonValueKind.Object ? CodeResults.Text(answer, "code") : null;
    }
}

/// <summary>TypeScript after its types are gone.</summary>
/// <param name="Code">JavaScript; null where it could not be read.</param>
/// <param name="Error">What is wrong then.</param>
internal sealed record StrippedCode(string? Code, CodeError? Error);

/// <summary>An error of code.</summary>
internal sealed record CodeError(string Name, string Value);
