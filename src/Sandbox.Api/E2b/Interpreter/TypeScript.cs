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
    private const string Context = "e2b-typescript";
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(10);

    private static readonly Refusal TooOld = new(
        RefusalCodes.LanguageUnavailable, "The Node.js of this sandbox cannot read TypeScript: that takes version 22.13 or a newer one. Send JavaScript.", "language");

    /// <summary>The code, or why it cannot be read.</summary>
    public static async Task<(string? Code, Refusal? Refusal)> Strip(LiveSandbox sandbox, CodeContext place, string code, CancellationToken cancellationToken)
    {
        var text = JsonSerializer.Serialize(code, E2bJson.Default.String);
        var script = $"(() => {{ const strip = require('module').stripTypeScriptTypes; return strip ? {{ ok: true, code: strip({text}, {{ mode: 'transform' }}) }} : {{ ok: false }}; }})()";
        var step = new StepSpec($"JSON.stringify({script})", null, CodeLanguages.JavaScript, Context, Http.EmptyMaps.OfStrings, null, null);
        var reply = await sandbox.Grain.RunStep(sandbox.Caller, step, null, null, Round, cancellationToken);
        if (reply.Value is not { } submission)
            return (null, reply.Refusal);
        var view = submission.Step;
        if (view.Error is { } error)
            return (null, new Refusal(RefusalCodes.InvalidRequest, ReadMessage(error), "code"));
        return view.MainResult is { } main && Read(view.Results[main]) is { } plain ? (plain, null) : (null, TooOld);
    }

    private static string ReadMessage(string error)
    {
        using var document = JsonDocument.Parse(error);
        return $"{CodeResults.Text(document.RootElement, "name")}: {CodeResults.Text(document.RootElement, "value")}";
    }

    private static string? Read(string bundle)
    {
        using var shown = JsonDocument.Parse(bundle);
        if (CodeResults.Text(shown.RootElement, "text/plain") is not ['\'', .., '\''] and not ['"', .., '"'])
            return null;
        var text = CodeResults.Text(shown.RootElement, "text/plain")![1..^1];
        try
        {
            using var answer = JsonDocument.Parse(text);
            return CodeResults.Text(answer.RootElement, "code");
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
