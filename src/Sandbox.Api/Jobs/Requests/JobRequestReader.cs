using System.Text.Json;
using Sandbox.Api.Http;

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
        Command = body.Strings("command", JobBounds.Arguments),
        Args = body.Strings("args", JobBounds.Arguments),
        Env = body.Map("env", JobBounds.Variables),
        Stdin = body.String("stdin"),
        Files = body.Objects("files", maxFiles, ReadFile),
        Secrets = body.Strings("secrets", JobBounds.Names),
        Packages = body.Object("packages", ReadPackages),
        Template = body.String("template"),
        Isolation = body.String("isolation"),
        Limits = body.Object("limits", ReadLimits),
        Artifacts = body.Strings("artifacts", JobBounds.Globs),
        Policy = body.String("policy"),
        Metadata = body.Map("metadata", JobBounds.Labels),
        Retry = body.Object("retry", static retry => new JobRetryRequest { MaxAttempts = retry.Integer("maxAttempts") }),
    };

    private static JobFileRequest ReadFile(RequestObject file) => new()
    {
        Path = file.String("path"),
        Content = file.String("content"),
        ContentBase64 = file.Bytes("contentBase64"),
    };

    private static JobPackagesRequest ReadPackages(RequestObject packages) => new()
    {
        Python = packages.Strings("python", JobBounds.Names),
        Node = packages.Strings("node", JobBounds.Names),
    };

    private static JobLimitsRequest ReadLimits(RequestObject limits) => new()
    {
        Cpu = limits.Number("cpu"),
        MemoryBytes = limits.Integer("memoryBytes"),
        DiskBytes = limits.Integer("diskBytes"),
        Processes = limits.Integer("processes"),
        WallSeconds = limits.Number("wallSeconds"),
        OutputBytes = limits.Integer("outputBytes"),
    };
}
