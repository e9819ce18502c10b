using System.Globalization;
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
    /// is only ever sent to the server that the same folder names.
    /// </summary>
    public static ServerAddress Find(string? dataOption, IReadOnlyDictionary<string, string> environment)
    {
        var key = Value(environment, KeyVariable);
        if (dataOption is null && Value(environment, UrlVariable) is { } url)
            return new ServerAddress(ParseUrl(url, UrlVariable), key);

        var folder = Path.GetFullPath(dataOption ?? Value(environment, DataVariable) ?? DefaultDataFolder);
        return new ServerAddress(ReadUrl(folder), key ?? ReadKey(folder));
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
    private static Uri ReadUrl(string folder)
    {
        var path = Enumerable.Range(2, MostMembers - 1)
            .Select(member => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"server-{member}.json")))
            .Prepend(Path.Combine(folder, "server.json"))
            .FirstOrDefault(File.Exists, Path.Combine(folder, "server.json"));
        try
        {
            using var file = File.OpenRead(path);
            var server = JsonSerializer.Deserialize(file, CliJson.Default.ServerFile);
            return ParseUrl(server?.Url ?? string.Empty, path);
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
