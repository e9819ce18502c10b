using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;

namespace Sandbox.Api.Sessions.Requests;

/// <summary>Reads the requests of sessions strictly; what is wrong in form goes to the errors.</summary>
internal static class SessionRequestReader
{
    public static SessionRequest? ReadSession(JsonElement root, RequestErrors errors) => Read(root, errors, static body => new SessionRequest
    {
        Language = body.String("language"),
        Template = body.String("template"),
        Isolation = body.String("isolation"),
        TtlSeconds = body.Number("ttlSeconds"),
        IdleSeconds = body.Number("idleSeconds"),
        OnIdle = body.String("onIdle"),
        Env = body.Map("env", RequestBounds.Variables),
        Secrets = body.Strings("secrets", RequestBounds.Names),
        Packages = body.Object("packages", SandboxMembers.Packages),
        Limits = body.Object("limits", SandboxMembers.Limits),
        Policy = body.String("policy"),
        Metadata = body.Map("metadata", RequestBounds.Labels),
        Snapshot = body.String("snapshot"),
    });

    public static PauseRequest? ReadPause(JsonElement root, RequestErrors errors) => Read(root, errors, static body => new PauseRequest
    {
        Memory = body.String("memory"),
    });

    public static SessionChangeRequest? ReadChange(JsonElement root, RequestErrors errors) => Read(root, errors, static body => new SessionChangeRequest
    {
        TtlSeconds = body.Number("ttlSeconds"),
        IdleSeconds = body.Number("idleSeconds"),
        Metadata = body.Map("metadata", RequestBounds.Labels),
    });

    public static StepRequest? ReadStep(JsonElement root, RequestErrors errors) => Read(root, errors, static body => new StepRequest
    {
        Code = body.String("code"),
        Command = body.Strings("command", RequestBounds.Arguments),
        Language = body.String("language"),
        Context = body.String("context"),
        Env = body.Map("env", RequestBounds.Variables),
        Stdin = body.String("stdin"),
        TimeoutSeconds = body.Number("timeoutSeconds"),
    });

    private static T? Read<T>(JsonElement root, RequestErrors errors, Func<RequestObject, T> read)
        where T : class
    {
        if (RequestObject.Open(root, errors) is not { } body)
            return null;
        var request = read(body);
        body.RefuseUnknown();
        return request;
    }
}
