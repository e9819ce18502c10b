using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Sandbox.Api.Tenants;

/// <summary>The operator's key, of which only the hash is kept in memory.</summary>
internal sealed partial class OperatorKey
{
    private const int ShortestKey = 20;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly byte[] _hash;

    public OperatorKey(IOptions<OperatorKeyOptions> options, ILogger<OperatorKey> logger)
    {
        var path = Path.GetFullPath(options.Value.OperatorKeyFile);
        if (!File.Exists(path))
            Create(path, logger);
        _hash = ApiKeyText.Hash(Load(path));
    }

    /// <summary>Compares in a time that does not depend on the key presented.</summary>
    public bool Matches(string presented) => CryptographicOperations.FixedTimeEquals(ApiKeyText.Hash(presented), _hash);

    private static string Load(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
            throw new InvalidOperationException($"The operator key file {path} is open to others than its owner; run: chmod 600 {path}");
        var key = File.ReadAllText(path).Trim();
        return key.Length >= ShortestKey
            ? key
            : throw new InvalidOperationException($"The operator key in {path} is shorter than {ShortestKey} characters; remove the file to have one made.");
    }

    private static void Create(string path, ILogger logger)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Written aside and moved, so that nobody ever reads half a key.
        var draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (var file = new StreamWriter(draft, options))
            file.WriteLine(ApiKeyText.New());
        try
        {
            File.Move(draft, path, overwrite: false);
            LogCreated(logger, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first: its key counts.
            File.Delete(draft);
        }
    }
}
