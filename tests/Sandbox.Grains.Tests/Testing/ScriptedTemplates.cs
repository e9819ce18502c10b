using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Runtime.Templates;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>Root file systems of a node: an archive is the text of its digest, and <c>bad</c> is none. They outlive the silo.</summary>
internal sealed class ScriptedRoots(ScriptedRuntime runtime) : ITemplateRoots
{
    public HashSet<string> Digests { get; } = [];

    /// <summary>Makes a transfer wait; null lets it through.</summary>
    public TaskCompletionSource? Hold { get; set; }

    public async Task<ImportedRoot> Unpack(Stream archive, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(archive, Encoding.UTF8);
        return await Take(await reader.ReadToEndAsync(cancellationToken), "rootfs", cancellationToken);
    }

    public Task<ImportedRoot> Copy(string folder, CancellationToken cancellationToken) => Take(folder[1..], "folder", cancellationToken);

    public async Task<ImportedRoot> UnpackLayer(Stream archive, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(archive, Encoding.UTF8);
        return await Take($"layer {await reader.ReadToEndAsync(cancellationToken)}", "layer", cancellationToken);
    }

    public long SizeOf(string digest) => digest.Length;

    public string? Refuse(string folder) => folder.StartsWith("/etc", StringComparison.Ordinal) ? "Not this one." : null;

    public bool IsWhole(string digest)
    {
        lock (Digests)
            return Digests.Contains(digest);
    }

    public void Remove(string digest)
    {
        lock (Digests)
            Digests.Remove(digest);
    }

    public void RemoveAllBut(IReadOnlySet<string> digests)
    {
        lock (Digests)
            Digests.IntersectWith(digests);
    }

    public bool InUse(string template) => runtime.Live.Any(sandbox => sandbox.Template == template);

    private async Task<ImportedRoot> Take(string digest, string format, CancellationToken cancellationToken)
    {
        if (Hold is { } hold)
            await hold.Task.WaitAsync(cancellationToken);
        if (digest == "bad")
            throw new TemplateContentException("It is bad.");
        lock (Digests)
            Digests.Add(digest);
        return new ImportedRoot(digest, digest.Length, format, new Dictionary<string, string> { ["IMAGE"] = "yes", ["BOTH"] = "image" });
    }
}

/// <summary>Templates in memory, as JSON, as a disk would keep them.</summary>
internal sealed class MemoryTemplates(MemoryStates states, IAuditLog audit) : ITemplateStore
{
    private readonly ConcurrentDictionary<string, string> _templates = new();

    public async Task Save(TemplateRecord template, AuditEvent? what, CancellationToken cancellationToken = default)
    {
        if (what is not null)
            await audit.Append(what, cancellationToken);
        _templates[template.Name.ToString()] = JsonSerializer.Serialize(template);
    }

    public async Task Delete(TemplateName name, AuditEvent what, CancellationToken cancellationToken = default)
    {
        await audit.Append(what, cancellationToken);
        _templates.TryRemove(name.ToString(), out _);
    }

    public Task<IReadOnlyList<TemplateRecord>> All(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<TemplateRecord>>([.. _templates.Values.Select(text => JsonSerializer.Deserialize<TemplateRecord>(text)!)]);

    public Task<bool> IsUsed(TemplateName name, CancellationToken cancellationToken = default) => Task.FromResult(
        states.Sessions.Any(row => row.View.EndedAt is null && row.View.Template == name.ToString())
        || states.Rows.Any(row => row.View.FinishedAt is null && row.View.Template == name.ToString()));
}
