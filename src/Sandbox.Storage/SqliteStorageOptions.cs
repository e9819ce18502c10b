using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization.Metadata;

namespace Sandbox.Storage;

/// <summary>Storage on the local disk: SQLite for state and lists, a folder of encrypted files. Configuration section <c>Sandbox:Storage</c>.</summary>
public sealed class SqliteStorageOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Storage";

    /// <summary>Folder of the databases and of the artifacts; made when missing. Required.</summary>
    [Required]
    public string DataDirectory { get; set; } = string.Empty;

    /// <summary>
    /// The key that wraps the keys of all tenants: 32 bytes in base64. Default: the file <c>master.key</c> in the data folder,
    /// made on the first start. A backup of the folder that shall not contain it is made with the key configured here.
    /// </summary>
    public string? MasterKey { get; set; }

    /// <summary>
    /// The master key of before, while it is replaced: what it wraps is wrapped anew at the start. Default: the file
    /// <c>master.key.previous</c> in the data folder, where there is one.
    /// </summary>
    public string? PreviousMasterKey { get; set; }

    /// <summary>
    /// The key management system that encrypts the master key in its file: <c>vault</c>, or null for none. A file that is in another
    /// form is brought into this one at the start. A configured key may be in the form that the system makes of one.
    /// </summary>
    public string? KeyManagement { get; set; }

    /// <summary>How long a write waits for another process that holds the database. Default 10 s; 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most operations that one commit takes. Default 1024; 1 to 65536.</summary>
    [Range(1, 65536)]
    public int MaxBatchOperations { get; set; } = 1024;

    /// <summary>Payload after which a commit takes no further operation. Default 64 MiB; 64 KiB to 1 GiB.</summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public long MaxBatchBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Read connections that are kept open while idle. Default 16; 1 to 256.</summary>
    [Range(1, 256)]
    public int MaxIdleReaders { get; set; } = 16;

    /// <summary>How long the health check waits for its own write. Default 5 s; 100 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan HealthTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Source-generated JSON contexts for grain states, asked in order before reflection. Default none.
    /// </summary>
    public IList<IJsonTypeInfoResolver> StateTypeInfoResolvers { get; } = [];

    internal string DatabasePath => Path.Combine(DataDirectory, "sandbox.db");

    internal string OrleansDatabasePath => Path.Combine(DataDirectory, "orleans.db");

    internal string MasterKeyPath => Path.Combine(DataDirectory, "master.key");

    internal string PreviousMasterKeyPath => Path.Combine(DataDirectory, "master.key.previous");

    internal string SignInKeyDirectory => Path.Combine(DataDirectory, "sign-in-keys");

    internal string ArtifactDirectory => Path.Combine(DataDirectory, "artifacts");
}
