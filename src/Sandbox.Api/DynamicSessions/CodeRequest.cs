using System.Globalization;
using Sandbox.Api.Http;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.DynamicSessions;

/// <summary>Code to run, as a client sends it.</summary>
/// <param name="Identifier">In whose session.</param>
/// <param name="Step">The step to run.</param>
/// <param name="IsAsynchronous">Whether the client does not wait for its end.</param>
internal sealed record CodeRequest(string Identifier, StepSpec Step, bool IsAsynchronous)
{
    private const string Needed = "Is required: any text of yours that stands for the session.";

    /// <summary>Reads it; newer clients have the members in the body itself, older ones in its member <c>properties</c>.</summary>
    public static async Task<(CodeRequest? Code, IResult? Wrong)> Read(HttpContext context, PoolRequest request, IPlatform platform)
    {
        if (!RequestBody.IsJson(context.Request))
            return (null, ProblemResult.Of(ProblemCodes.UnsupportedMediaType));
        var errors = new RequestErrors();
        var body = await LenientBody.Read(context, DynamicSessionsJson.Default.CodeEnvelope, errors);
        return body is not null && Read(body.Properties ?? body, request, platform, errors) is { } code
            ? (code, null)
            : (null, ProblemResult.From(errors));
    }

    /// <summary>The answer where a request does not say whose session it is about.</summary>
    public static IResult WithoutIdentifier()
    {
        var errors = new RequestErrors();
        errors.Add("identifier", Needed);
        return ProblemResult.From(errors);
    }

    private static CodeRequest? Read(CodeMembers members, PoolRequest request, IPlatform platform, RequestErrors errors)
    {
        var identifier = request.Identifier ?? members.Identifier;
        if (identifier is null)
            errors.Add("identifier", Needed);
        else
            PoolRequest.CheckIdentifier(identifier, errors);
        var code = members.Code ?? members.PythonCode;
        if (string.IsNullOrEmpty(code))
            errors.Add("code", "Is required.");
        if (!Is(members.CodeInputType ?? "inline", "inline"))
            errors.Add("codeInputType", "Must be Inline.");
        var type = members.ExecutionType ?? "synchronous";
        if (!Is(type, "synchronous") && !Is(type, "asynchronous"))
            errors.Add("executionType", "Must be Synchronous or Asynchronous.");
        // Clients send a number of their own where their user says nothing: that it is more than there is to have is no fault of theirs.
        var timeout = members.TimeoutInSeconds is { } seconds ? Math.Min(seconds, platform.MaximumLimits.WallSeconds) : (double?)null;
        if (timeout < platform.MinimumLimits.WallSeconds)
            errors.Add("timeoutInSeconds", string.Create(CultureInfo.InvariantCulture, $"Must be at least {platform.MinimumLimits.WallSeconds}."));
        if (errors.Any)
            return null;
        var spec = SessionRequestMapping.ToStep(new StepRequest { Code = code, TimeoutSeconds = timeout }, platform, errors);
        return errors.Any ? null : new CodeRequest(identifier!, spec, Is(type, "asynchronous"));
    }

    private static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Code to run, as it is written.</summary>
internal record CodeMembers
{
    public string? Identifier { get; init; }

    public string? CodeInputType { get; init; }

    public string? ExecutionType { get; init; }

    public string? Code { get; init; }

    /// <summary>What older clients call the code.</summary>
    public string? PythonCode { get; init; }

    public double? TimeoutInSeconds { get; init; }
}

/// <summary>The body of a request to run code.</summary>
internal sealed record CodeEnvelope : CodeMembers
{
    public CodeMembers? Properties { get; init; }
}
