using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;

namespace Sandbox.Api.Jobs.Requests;

/// <summary>Reads a <see cref="JobRequest"/> strictly; what is wrong in form goes to the errors.</summary>
internal static class JobRequestReader
{
    public static JobRequest? Read(JsonElement root, int maxFiles, RequestErrors errors)
    {
        if (RequestObject.Open(root, errors) is not { } body)
            return null;
        var request = Read(body, maxFiles);
        body.RefuseUnknown();
        return request;
    }

    private static JobRequest Read(RequestObject body, int maxFiles) => new()
    {
        Language = body.String("language"),
        Code = body.String("code"),
        Command = body.Strings("command", RequestBounds.Arguments),
        Args = body.Strings("args", RequestBounds.Arguments),
        Env = body.Map("env", RequestBounds.Variables),
        Stdin = body.String("stdin"),
        Files = body.Objects("files", maxFiles, ReadFile),
        Secrets = body.Strings("secrets", RequestBounds.Names),
        Packages = body.Object("packages", SandboxMembers.Packages),
        Template = body.String("template"),
        Isolation = body.String("isolation"),
        Limits = body.Object("limits", SandboxMembers.Limits),
        Artifacts = body.Strings("artifacts", RequestBounds.Globs),
        Policy = body.String("policy"),
        Metadata = body.Map("metadata", RequestBounds.Labels),
        Retry = body.Object("retry", static retry => new JobRetryRequest { MaxAttempts = retry.Integer("maxAttempts") }),
    };

    public static JobFileRequest ReadFile(RequestObject file) => new()
    {
        Path = file.String("path"),
        Content = file.String("content"),
        ContentBase64 = file.Bytes("contentBase64"),
        Artifact = file.String("artifact"),
    };
}
