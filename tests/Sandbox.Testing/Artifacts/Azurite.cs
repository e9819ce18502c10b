using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace Sandbox.Testing.Artifacts;

/// <summary>
/// Azurite, Microsoft's own emulator of Azure Blob Storage, on a port and a folder of its own. It ends with its owner, also when
/// that is killed. Later versions than the one of <c>clients/azurite</c> need a newer Node.js than distributions have.
/// </summary>
public sealed partial class Azurite : IAsyncDisposable
{
    // The account that Azurite documents for everybody.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _folder;

    private Azurite(Process process, string folder, string url)
    {
        (_process, _folder) = (process, folder);
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={url}/{Account};";
    }

    /// <summary>What opens its only account.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts one and waits until it listens.</summary>
    public static async Task<Azurite> Start()
    {
        var program = Program();
        var folder = Directory.CreateTempSubdirectory("azurite-").FullName;
        // The shell ends it when its own input does, which nobody holds but this process.
        var start = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList =
            {
                "-c",
                "node \"$0\" --blobHost 127.0.0.1 --blobPort 0 --location \"$1\" --silent --skipApiVersionCheck --disableTelemetry </dev/null & server=$!; cat >/dev/null; kill $server; wait $server",
                program,
                folder,
            },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Deadline);
        while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
                return new Azurite(process, folder, match.Groups["url"].Value);
        }

        throw new InvalidOperationException("Azurite ended before it listened.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Program()
    {
        var tools = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../tools"));
        var program = Path.Combine(tools, "azurite/node_modules/azurite/dist/src/blob/main.js");
        Assert.True(File.Exists(program), $"Azurite is not installed in {tools}/azurite; ./sandbox test installs it.");
        return program;
    }

    [GeneratedRegex("successfully listens on (?<url>http://[0-9.:]+)")]
    private static partial Regex Listening();
}
