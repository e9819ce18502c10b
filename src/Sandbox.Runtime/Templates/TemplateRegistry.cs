using System.Collections.Concurrent;

namespace Sandbox.Runtime.Templates;

/// <summary>The templates that sandboxes of this node can be made from now, by key. What is stored of them is kept elsewhere.</summary>
public sealed class TemplateRegistry
{
    private readonly ConcurrentDictionary<string, SandboxTemplate> _templates = new(StringComparer.Ordinal)
    {
        [SandboxTemplate.DefaultKey] = SandboxTemplate.Default,
    };

    /// <summary>The template of a key; null when there is none.</summary>
    public SandboxTemplate? Find(string key) => _templates.GetValueOrDefault(key);

    /// <summary>Makes a template known, in place of one of the same key.</summary>
    public void Put(SandboxTemplate template) => _templates[template.Key] = template;

    /// <summary>From now on no sandbox is made from it.</summary>
    public void Remove(string key) => _templates.TryRemove(key, out _);
}
