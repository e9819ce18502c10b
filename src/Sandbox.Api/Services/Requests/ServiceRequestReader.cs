using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Api.Jobs.Requests;
using Sandbox.Api.Sandboxes;

namespace Sandbox.Api.Services.Requests;

/// <summary>Reads the requests of services strictly; what is wrong in form goes to the errors.</summary>
internal static class ServiceRequestReader
{
    public static ServiceRequest? Read(JsonElement root, int maxFiles, RequestErrors errors)
    {
        if (RequestObject.Open(root, errors) is not { } body)
            return null;
        var request = Read(body, maxFiles);
        body.RefuseUnknown();
        return request;
    }

    public static ServiceTokenRequest? ReadToken(JsonElement root, RequestErrors errors)
    {
        if (RequestObject.Open(root, errors) is not { } body)
            return null;
        var request = new ServiceTokenRequest { ExpiresInSeconds = body.Number("expiresInSeconds") };
        body.RefuseUnknown();
        return request;
    }

    private static ServiceRequest Read(RequestObject body, int maxFiles) => new()
    {
        Language = body.String("language"),
        Code = body.String("code"),
        Command = body.Strings("command", RequestBounds.Arguments),
        Port = body.SmallInteger("port"),
        TtlSeconds = body.Number("ttlSeconds"),
        Health = body.Object("health", static health => new ServiceHealthRequest
        {
            Path = health.String("path"),
            IntervalSeconds = health.Number("intervalSeconds"),
            TimeoutSeconds = health.Number("timeoutSeconds"),
            StartSeconds = health.Number("startSeconds"),
        }),
        Restart = body.Object("restart", static restart => new ServiceRestartRequest { MaxAttempts = restart.Integer("maxAttempts") }),
        Env = body.Map("env", RequestBounds.Variables),
        Files = body.Objects("files", maxFiles, JobRequestReader.ReadFile),
        Secrets = body.Strings("secrets", RequestBounds.Names),
        Packages = body.Object("packages", SandboxMembers.Packages),
        Template = body.String("template"),
        Isolation = body.String("isolation"),
        Limits = body.Object("limits", SandboxMembers.Limits),
        Policy = body.String("policy"),
        Metadata = body.Map("metadata", RequestBounds.Labels),
    };
}
