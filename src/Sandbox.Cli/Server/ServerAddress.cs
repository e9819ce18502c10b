using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Sandbox.Cli.Server;

/// <summary>Where the server is and what opens it.</summary>
internal sealed record ServerAddress(Uri Url, string? ApiKey)
{
    public const string UrlVariable = "SANDBOX_URL";
    public const string KeyVariable = "SANDBOX_API_KEY";
    public const string DataVariable = "SANDBOX_DATA";
    private const string DefaultDataFolder = ".sandbox";
    private const int MostMembers = 8;

    /// <summary>
    /// <c>SANDBOX_URL</c> and <c>SANDBOX_API_KEY</c>, else the data folder of a local server. The folder's operator key
    /// is only ever sent to the server that the same folder names, and that server is on this machine: whoever fills a folder
    /// must not learn the key of whoever stands in it.
    /// </summary>
    /// <param name="dataOption">The data folder that the command line names.</param>
    /// <param name="environment">The variables.</param>
    /// <param name="standsIn">Whether .sandbox in the current folder is meant where nothing else is named.</param>
    /// <exception cref="CliException">There is none, or it is not to be trusted.</exception>
    public static ServerAddress Find(string? dataOption, IReadOnlyDictionary<string, string> environment, bool standsIn = true)
    {
        var key = Value(environment, KeyVariable);
        if (dataOption is null && Value(environment, UrlVariable) is { } url)
            return new ServerAddress(ParseUrl(url, UrlVariable), key);

        if ((dataOption ?? Value(environment, DataVariable)) is { } named)
            return Read(Path.GetFullPath(named), key);
        var folder = Path.GetFullPath(DefaultDataFolder);
        if (!standsIn)
            throw new CliException("no server is named.");
        if (Directory.Exists(folder))
            RefuseStrangers(folder);
        return Read(folder, key);
    }

    private static ServerAddress Read(string folder, string? key) => new(ReadUrl(folder), key ?? ReadKey(folder));

    // Nobody has named the folder: it may be anybody's, as where the current one is /tmp.
    private static void RefuseStrangers(string folder)
    {
        var file = ServerFileOf(folder);
        if (!FileOwner.IsTrusted(folder) || (File.Exists(file) && !FileOwner.IsTrusted(file)))
            throw new CliException($"{folder} is not known to be yours. If you trust it, name it with --data.");
    }

    private static string? Value(IReadOnlyDictionary<string, string> environment, string name) =>
        environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static Uri ParseUrl(string text, string source)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new CliException($"{source} is not an http or https URL: {text}");
        return url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");
    }

    // Each member of a server writes its own; the first one's is named as where there is only one.
    private static string ServerFileOf(string folder) => Enumerable.Range(2, MostMembers - 1)
        .Select(member => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"server-{member}.json")))
        .Prepend(Path.Combine(folder, "server.json"))
        .FirstOrDefault(File.Exists, Path.Combine(folder, "server.json"));

    private static Uri ReadUrl(string folder)
    {
        var path = ServerFileOf(folder);
        try
        {
            using var file = File.OpenRead(path);
            var server = JsonSerializer.Deserialize(file, CliJson.Default.ServerFile);
            return OnThisMachine(ParseUrl(server?.Url ?? string.Empty, path), path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException(
                $"no server is running for {folder}. Start one with `./sandbox up --detach`, or set {UrlVariable} and {KeyVariable}.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path} cannot be read: {e.Message}");
        }
    }

    private static Uri OnThisMachine(Uri url, string path)
    {
        // A server that listens everywhere listens here.
        if (IPAddress.TryParse(url.IdnHost, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
            return new UriBuilder(url) { Host = address.Equals(IPAddress.Any) ? "127.0.0.1" : "[::1]" }.Uri;
        return url.IsLoopback
            ? url
            : throw new CliException($"{path} names a server that is not on this machine: {url}. To use it, set {UrlVariable} and {KeyVariable}.");
    }

    private static string? ReadKey(string folder)
    {
        var path = Path.Combine(folder, "operator.key");
        try
        {
            var key = File.ReadAllText(path).Trim();
            return key.Length > 0 ? key : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path} cannot be read: {e.Message}. Set {KeyVariable} to a key of your own.");
        }
    }
}
