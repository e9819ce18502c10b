using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Policies.Opa;

/// <summary>
/// What an Open Policy Agent is told: the members of the request by the names that callers say them under, completed by what policy
/// fills in, and beside them who asks for what under which policy. Of files it gets size and hash. Pure.
/// </summary>
internal static class OpaInput
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>The body of a question about a job.</summary>
    public static byte[] Of(Caller caller, string policy, JobSpec job) => Write(caller, policy, "job", json =>
    {
        Common(json, job.Language, job.Template, job.Isolation, job.Limits, job.Env, job.Metadata, job.Packages, job.Secrets);
        Member(json, "code", job.Code);
        Member(json, "command", job.Command);
        Member(json, "args", job.Args);
        Member(json, "stdin", job.Stdin);
        Member(json, "artifacts", job.Artifacts);
        Member(json, "retry", new { job.MaxAttempts });
        Member(json, "files", job.Files.Select(file => new { file.Path, SizeBytes = file.Content.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(file.Content)) }));
    });

    /// <summary>The body of a question about a session.</summary>
    public static byte[] Of(Caller caller, string policy, SessionSpec session) => Write(caller, policy, session.Service is null ? "session" : "service", json =>
    {
        Common(json, session.Service is { IsCommand: true } ? null : session.Language, session.Template, session.Isolation, session.Limits, session.Env, session.Metadata, session.Packages, session.Secrets);
        Member(json, "ttlSeconds", session.TtlSeconds);
        Member(json, "idleSeconds", session.IdleSeconds);
        Member(json, "onIdle", session.OnIdle);
        Member(json, "snapshot", session.Snapshot);
        Member(json, "port", session.Service?.Port);
    });

    private static byte[] Write(Caller caller, string policy, string kind, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("input");
            Member(json, "kind", kind);
            Member(json, "tenantId", caller.TenantId);
            Member(json, "agentId", caller.AgentId);
            Member(json, "role", caller.Role);
            Member(json, "policy", policy);
            members(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Common(
        Utf8JsonWriter json,
        string? language,
        string? template,
        string isolation,
        ResourceLimits limits,
        IReadOnlyDictionary<string, string> env,
        IReadOnlyDictionary<string, string> metadata,
        RequestedPackages? packages,
        IReadOnlyList<string>? secrets)
    {
        Member(json, "language", language);
        Member(json, "template", template ?? PolicyRequest.DefaultTemplate);
        Member(json, "isolation", isolation);
        Member(json, "limits", limits);
        Member(json, "env", env);
        Member(json, "metadata", metadata);
        Member(json, "packages", packages);
        Member(json, "secrets", secrets);
    }

    private static void Member<T>(Utf8JsonWriter json, string name, T value)
    {
        if (value is null)
            return;
        json.WritePropertyName(name);
        JsonSerializer.Serialize(json, value, Web);
    }
}
