using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Oci;

/// <summary>
/// Where things are on the host. Per sandbox one folder, <c>RunDirectory/instance/boxes/id</c>, which holds its bundle
/// and its channel; shared by all: the root file systems and a copy of the agent.
/// </summary>
internal sealed class HostLayout(IOptions<RuntimeOptions> options)
{
    private readonly RuntimeOptions _options = options.Value;

    public string InstanceRun => Path.Combine(_options.RunDirectory, _options.Instance);

    public string Boxes => Path.Combine(InstanceRun, "boxes");

    /// <summary>Where an engine keeps its own state about containers.</summary>
    public string EngineState(string engine) => Path.Combine(InstanceRun, engine);

    /// <summary>The mount namespace in which crun runs on hybrid hosts.</summary>
    public string CrunNamespace => Path.Combine(InstanceRun, "crun-namespace", "mnt");

    public string CgroupParent => $"/sandbox-{_options.Instance}";

    /// <summary>Copy of the agent that sandboxes see: fixed for this process, so that an upgrade does not change it under them.</summary>
    public string Agent { get; private set; } = string.Empty;

    public string CgroupOf(SandboxId id) => $"{CgroupParent}/{id}";

    public string BoxOf(SandboxId id) => Path.Combine(Boxes, id.ToString());

    public string RootOf(string template) => Path.Combine(Library, "templates", template);

    private string Library => Path.Combine(_options.LibraryDirectory, _options.Instance);

    /// <summary>Makes the shared folders: the agent's copy (named by its content) and the default template, built anew.</summary>
    public void Prepare()
    {
        CreateTraversable(_options.RunDirectory);
        CreateTraversable(InstanceRun);
        CreateTraversable(Boxes);
        CreateTraversable(_options.LibraryDirectory);
        CreateTraversable(Library);
        Agent = CopyAgent();
        BuildDefaultTemplate();
    }

    /// <summary>Removes the copies of earlier agents. Only when no sandbox is left that could have one mounted.</summary>
    public void RemoveOldAgents()
    {
        foreach (var copy in Directory.EnumerateDirectories(Library, "agent-*").Where(copy => copy != Agent))
            Directory.Delete(copy, recursive: true);
    }

    private string CopyAgent()
    {
        var binary = Path.Combine(_options.AgentDirectory, "sandbox-agent");
        if (!File.Exists(binary))
            throw new SandboxStartException($"The agent is missing: {binary}. Publish Sandbox.Agent, or set {RuntimeOptions.Section}:{nameof(RuntimeOptions.AgentDirectory)}.");
        var files = Directory.EnumerateFiles(_options.AgentDirectory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        var target = Path.Combine(Library, "agent-" + HashOf(files));
        if (Directory.Exists(target))
            return target;
        var staging = target + ".new";
        if (Directory.Exists(staging))
            Directory.Delete(staging, recursive: true);
        foreach (var file in files)
        {
            var copy = Path.Combine(staging, Path.GetRelativePath(_options.AgentDirectory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
            File.SetUnixFileMode(copy, (UnixFileMode)0b101_101_101);
        }

        Directory.Move(staging, target);
        return target;
    }

    private static string HashOf(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
            hash.AppendData(File.ReadAllBytes(file));
        return Convert.ToHexStringLower(hash.GetCurrentHash())[..16];
    }

    private void BuildDefaultTemplate()
    {
        var root = RootOf(HostTemplate.Name);
        var staging = root + ".new";
        foreach (var stale in new[] { root + ".old", staging }.Where(Directory.Exists))
            Directory.Delete(stale, recursive: true);
        HostTemplate.Build(staging);
        // Sandboxes that run keep the tree that they have mounted.
        if (Directory.Exists(root))
            Directory.Move(root, root + ".old");
        Directory.Move(staging, root);
    }

    // Root inside a sandbox is a stranger on the host: it must be able to pass through to what is mounted, and read nothing.
    private static void CreateTraversable(string path)
    {
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_001_001);
    }
}
