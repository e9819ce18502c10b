using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Oci;

/// <summary>
/// Where things are on the host. Per sandbox one folder, <c>RunDirectory/instance/boxes/id</c>, which holds its bundle
/// and its channel; shared by all: the root file systems and a copy of the agent.
/// </summary>
internal sealed class HostLayout(IOptions<RuntimeOptions> options, TemplateRegistry templates)
{
    /// <summary>Root inside a sandbox is a stranger on the host: it must be able to pass through to what is mounted, and read nothing.</summary>
    public const UnixFileMode Traversable = (UnixFileMode)0b111_001_001;

    private const string Removed = ".removed";

    private readonly RuntimeOptions _options = options.Value;
    private string _defaultRoot = string.Empty;

    public string InstanceRun => Path.Combine(_options.RunDirectory, _options.Instance);

    public string Boxes => Path.Combine(InstanceRun, "boxes");

    /// <summary>The files that tell which processes of the node live.</summary>
    public string Processes => Path.Combine(InstanceRun, "processes");

    /// <summary>Folders of sandboxes that are being made, in one of each process: nobody takes one for a sandbox before it says what it is.</summary>
    public string Drafts => Path.Combine(InstanceRun, "drafts");

    /// <summary>Which range of host user ids is whose.</summary>
    public string IdRanges => Path.Combine(InstanceRun, "ids");

    /// <summary>Where an engine keeps its own state about containers.</summary>
    public string EngineState(string engine) => Path.Combine(InstanceRun, engine);

    /// <summary>The mount namespace in which crun runs on hybrid hosts.</summary>
    public string CrunNamespace => Path.Combine(InstanceRun, "crun-namespace", "mnt");

    /// <summary>Where images of sandboxes lie, in memory.</summary>
    public string Images => Path.Combine(InstanceRun, "images");

    public string CgroupParent => $"/sandbox-{_options.Instance}";

    /// <summary>Copy of the agent that sandboxes see: fixed for this process, so that an upgrade does not change it under them.</summary>
    public string Agent { get; private set; } = string.Empty;

    public string CgroupOf(SandboxId id) => $"{CgroupParent}/{id}";

    public string BoxOf(SandboxId id) => Path.Combine(Boxes, id.ToString());

    /// <summary>Folder with the agent's socket. Code inside can write to it.</summary>
    public string ChannelOf(SandboxId id) => ChannelIn(BoxOf(id));

    /// <inheritdoc cref="ChannelOf"/>
    public static string ChannelIn(string box) => Path.Combine(box, "channel");

    public string SocketOf(SandboxId id) => Path.Combine(ChannelOf(id), "agent.sock");

    /// <summary>Where root file systems of imported templates are.</summary>
    public string Roots => Path.Combine(Library, "roots");

    /// <summary>The folder of one of them, by its digest.</summary>
    public string RootFolder(string digest) => Path.Combine(Roots, "root-" + digest);

    /// <summary>What sandboxes of a template have mounted.</summary>
    public TemplateFiles FilesOf(string template)
    {
        var found = templates.Find(template) ?? throw new SandboxStartException($"There is no template {template}.");
        return new TemplateFiles(found.Root is { } root ? ContentOf(root) : _defaultRoot, found.Root is not null, found.Layer is { } layer ? ContentOf(layer) : null);
    }

    /// <summary>Name of a root file system or of what is mounted beside one, which follows from its content.</summary>
    [return: NotNullIfNotNull(nameof(content))]
    public string? NameOf(string? content) => content is null ? null : Path.GetRelativePath(Library, content);

    /// <summary>The agent's copy of that name, this process's or an earlier one's; null when it is not there.</summary>
    public string? AgentNamed(string name) =>
        Directory.EnumerateDirectories(Library, "agent-*").FirstOrDefault(copy => Path.GetFileName(copy) == name);

    /// <summary>File of what was found out about saving sandboxes with their memory: of the host, so one for all installations on it.</summary>
    public string MemoryProbe => Path.Combine(_options.LibraryDirectory, "memory-probe.json");

    private string Templates => Path.Combine(Library, "templates");

    private string Library => Path.Combine(_options.LibraryDirectory, _options.Instance);

    /// <summary>
    /// Makes the shared folders: the agent's copy and the default template, both named by their content. What a sandbox has
    /// mounted is never changed or removed while it lives: the kernel detaches a mount whose folder is removed.
    /// </summary>
    public void Prepare()
    {
        CreateTraversable(_options.RunDirectory);
        CreateTraversable(InstanceRun);
        CreateTraversable(Boxes);
        CreateTraversable(_options.LibraryDirectory);
        CreateTraversable(Library);
        CreateTraversable(Templates);
        CreateTraversable(Roots);
        Agent = CopyAgent();
        _defaultRoot = BuildDefaultTemplate();
    }

    /// <summary>Under its own name a tree is whole, or not there: killed half-way through, what is left must not pass for one.</summary>
    public static string MoveAside(string copy)
    {
        var aside = $"{copy}.{Guid.NewGuid():N}{Removed}";
        Directory.Move(copy, aside);
        return aside;
    }

    /// <summary>Removes agents and templates of earlier processes. Only when no sandbox is left that could have one mounted.</summary>
    public void RemoveUnused()
    {
        var copies = Directory.EnumerateDirectories(Library, "agent-*").Concat(Directory.EnumerateDirectories(Templates));
        foreach (var copy in copies.Where(copy => copy != Agent && copy != _defaultRoot).ToList())
            Directory.Delete(copy.EndsWith(Removed, StringComparison.Ordinal) ? copy : MoveAside(copy), recursive: true);
    }

    /// <summary>
    /// Removes the folder of the node's sandboxes, where neither one of them nor a process is left in it. Mounts must be gone.
    /// </summary>
    public void RemoveRun()
    {
        // In this order: a process that starts has its file there first, and then all stays as it is.
        if (!IsGone(Processes) || !IsGone(Boxes))
            return;
        Directory.Delete(InstanceRun, recursive: true);
    }

    private string ContentOf(string digest) => RootImport.RootIn(RootFolder(digest));

    private static bool IsGone(string folder) => Libc.RemoveDirectory(folder) || !Directory.Exists(folder);

    private string CopyAgent()
    {
        var binary = Path.Combine(_options.AgentDirectory, "sandbox-agent");
        if (!File.Exists(binary))
            throw new SandboxStartException($"The agent is missing: {binary}. Publish Sandbox.Agent, or set {RuntimeOptions.Section}:{nameof(RuntimeOptions.AgentDirectory)}.");
        return Place(Path.Combine(Library, "agent"), staging =>
        {
            foreach (var file in Directory.EnumerateFiles(_options.AgentDirectory, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(staging, Path.GetRelativePath(_options.AgentDirectory, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
                File.SetUnixFileMode(copy, (UnixFileMode)0b101_101_101);
            }

            AgentLibraries.Copy(binary, staging);
        });
    }

    private string BuildDefaultTemplate() => Place(Path.Combine(Templates, HostTemplate.Name), HostTemplate.Build);

    // Makes a tree beside its place, and moves it there unless an equal one is there already.
    private static string Place(string path, Action<string> make)
    {
        // A name that unused copies have: what a killed process leaves is removed with them.
        var staging = $"{path}-{Guid.NewGuid():N}{Removed}";
        make(staging);
        var target = $"{path}-{TreeHash.Of(staging)}";
        if (!Directory.Exists(target) && TryMove(staging, target))
            return target;
        Directory.Delete(staging, recursive: true);
        return target;
    }

    private static bool TryMove(string staging, string target)
    {
        try
        {
            Directory.Move(staging, target);
            return true;
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // Another process was first.
            return false;
        }
    }

    private static void CreateTraversable(string path)
    {
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, Traversable);
    }
}
