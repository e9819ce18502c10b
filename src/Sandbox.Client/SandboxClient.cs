namespace Sandbox.Client;

/// <summary>
/// A server of Sandbox, which runs untrusted code in isolated sandboxes. Safe to use from several threads; make one and keep it.
/// Calls are tried again where that is safe: those that make something carry an idempotency key, so that they are carried out once.
/// </summary>
/// <remarks>
/// Every method throws <see cref="SandboxException"/> where the server refuses or cannot be reached, and <see cref="ArgumentException"/> for an id
/// that is empty, "." or "..". A stream of content that was handed out fails as streams do.
/// </remarks>
public sealed class SandboxClient : IDisposable
{
    private readonly HttpClient? _own;

    /// <summary>A client with connections of its own.</summary>
    /// <param name="server">Address of the server, such as http://127.0.0.1:8080.</param>
    /// <param name="credential">An API key or a token; null where the server asks for none.</param>
    /// <param name="options">How it calls; null for the defaults.</param>
    public SandboxClient(Uri server, string? credential, SandboxClientOptions? options = null)
        : this(Connections.Create(server), server, credential, options) => _own = Http;

    /// <summary>A client upon an <see cref="HttpClient"/> of the caller's, which stays the caller's. Its own time limit holds as well.</summary>
    /// <param name="http">Makes the requests; its base address is the server's.</param>
    /// <param name="credential">An API key or a token; null where the requests have one already.</param>
    /// <param name="options">How it calls; null for the defaults.</param>
    public SandboxClient(HttpClient http, string? credential = null, SandboxClientOptions? options = null)
        : this(
            http ?? throw new ArgumentNullException(nameof(http)),
            http.BaseAddress ?? throw new ArgumentException("The HttpClient has no base address.", nameof(http)),
            credential,
            options)
    {
    }

    private SandboxClient(HttpClient http, Uri server, string? credential, SandboxClientOptions? options)
    {
        options ??= new SandboxClientOptions();
        options.Check();
        if (!server.IsAbsoluteUri || server.Scheme is not ("http" or "https"))
            throw new ArgumentException("The address must be an absolute http or https URI.", nameof(server));
        Http = http;
        // Without the slash a path of the address would be lost.
        Server = server.AbsolutePath.EndsWith('/') ? server : new UriBuilder(server) { Path = server.AbsolutePath + "/" }.Uri;
        var transport = new Transport(http, Server, credential, options);
        Jobs = new JobsClient(transport);
        Sessions = new SessionsClient(transport);
        Services = new ServicesClient(transport);
        Workflows = new WorkflowsClient(transport);
        Artifacts = new ArtifactsClient(transport);
        Snapshots = new SnapshotsClient(transport);
        Templates = new TemplatesClient(transport);
        Policies = new PoliciesClient(transport);
        Secrets = new SecretsClient(transport);
        Tenants = new TenantsClient(transport);
        Keys = new KeysClient(transport);
        Usage = new UsageClient(transport);
        Audit = new AuditClient(transport);
        Events = new EventsClient(transport);
        Webhooks = new WebhooksClient(transport);
        Nodes = new NodesClient(transport);
    }

    /// <summary>Address of the server; ends with a slash.</summary>
    public Uri Server { get; }

    /// <summary>Programs that run once.</summary>
    public JobsClient Jobs { get; }

    /// <summary>Sandboxes that keep variables and files from step to step.</summary>
    public SessionsClient Sessions { get; }

    /// <summary>Programs that answer at a port.</summary>
    public ServicesClient Services { get; }

    /// <summary>Graphs of steps.</summary>
    public WorkflowsClient Workflows { get; }

    /// <summary>Files that are kept.</summary>
    public ArtifactsClient Artifacts { get; }

    /// <summary>Kept sessions, to begin new ones with.</summary>
    public SnapshotsClient Snapshots { get; }

    /// <summary>What sandboxes can be made from.</summary>
    public TemplatesClient Templates { get; }

    /// <summary>What may be run.</summary>
    public PoliciesClient Policies { get; }

    /// <summary>What sandboxes are given and nobody reads again.</summary>
    public SecretsClient Secrets { get; }

    /// <summary>Tenants, the boundary of every resource; for operators.</summary>
    public TenantsClient Tenants { get; }

    /// <summary>API keys; for admins and operators.</summary>
    public KeysClient Keys { get; }

    /// <summary>What the tenant uses of its quotas.</summary>
    public UsageClient Usage { get; }

    /// <summary>The audit record; for auditors, admins and operators.</summary>
    public AuditClient Audit { get; }

    /// <summary>What starts, changes its state and ends in the tenant.</summary>
    public EventsClient Events { get; }

    /// <summary>Where events are sent to; for admins and operators.</summary>
    public WebhooksClient Webhooks { get; }

    /// <summary>The machines that run sandboxes; for operators.</summary>
    public NodesClient Nodes { get; }

    private HttpClient Http { get; }

    /// <summary>Closes the connections, but for those of an <see cref="HttpClient"/> that the caller brought.</summary>
    public void Dispose() => _own?.Dispose();
}
