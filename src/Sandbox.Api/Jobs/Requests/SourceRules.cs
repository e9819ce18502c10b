using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Api.Jobs.Requests;

/// <summary>Either a language with code, or a command; and what each is given to start with.</summary>
internal static class SourceRules
{
    public static void Check(JobRequest request, IPlatform platform, RequestErrors errors)
    {
        CheckChoice(request, errors);
        if (request.Language is { } language && !platform.Languages.Contains(language))
            errors.Add("language", $"Is not known here. Known: {string.Join(", ", platform.Languages.Order(StringComparer.Ordinal))}.");
        if (request.Command is [] or ["", ..] && !errors.Has("command") && !errors.Has("command[0]"))
            errors.Add("command", "Must begin with a program.");
        CheckArguments(request, errors);
    }

    private static void CheckChoice(JobRequest request, RequestErrors errors)
    {
        if (errors.Has("language") || errors.Has("command"))
            return;
        if (request.Language is null == request.Command is null)
        {
            var text = request.Language is null ? "Either language or command is required." : "Only one of language and command may be given.";
            errors.Add("language", text);
            errors.Add("command", text);
            return;
        }
        if (request.Language is not null && request.Code is null && !errors.Has("code"))
            errors.Add("code", "Is required with a language.");
        if (request.Command is not null && request.Code is not null)
            errors.Add("code", "Goes with a language, not with a command.");
        if (request.Command is not null && request.Args is not null)
            errors.Add("args", "Goes with a language; a command holds its arguments itself.");
    }

    private static void CheckArguments(JobRequest request, RequestErrors errors)
    {
        var total = ArgumentRules.CheckEach(request.Command, "command", errors) + ArgumentRules.CheckEach(request.Args, "args", errors)
            + EnvironmentRules.Check(request.Env, errors);
        if (total > RequestBounds.ArgumentsTotalBytes)
            errors.Add(request.Command is null ? "args" : "command", $"Arguments and env together exceed {RequestBounds.ArgumentsTotalBytes} bytes.");
    }
}
