using System.Security.Cryptography;
using Sandbox.Cli.Client;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Sessions;

/// <summary>Copies a file into a session or out of it. What arrives is compared with what was sent, by its SHA-256.</summary>
internal sealed class FileCopy(ApiClient api, CliConsole console)
{
    /// <summary>Sends a local file, or standard input; answers with the server's word on it.</summary>
    public async Task<WrittenFile> Upload(string source, SessionPath target, CancellationToken cancellationToken)
    {
        var fromInput = source == TextInput.Standard;
        var path = target.ForFile(fromInput ? null : Path.GetFileName(Path.GetFullPath(source)));
        await using Stream content = fromInput ? console.Input : Open(source);
        using var progress = new ProgressLine(console, Printable.Line(path), fromInput || !content.CanSeek ? null : content.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var counted = new CountingStream(content, hash, progress);
        var written = await new FileCalls(api, target.Session).Write(path, counted, cancellationToken);
        Client.Download.Compare(path, hash, written.Sha256);
        return written;
    }

    /// <summary>Fetches a file to a local path, where it appears whole or not at all, or to standard output.</summary>
    public async Task Download(SessionPath source, string target, CancellationToken cancellationToken)
    {
        var path = source.ForFile(null);
        using var response = await new FileCalls(api, source.Session).Open(path, cancellationToken);
        await new Download(console, response, path).To(target, cancellationToken);
    }

    private static FileStream Open(string source) =>
        Directory.Exists(source) ? throw new CliException($"{source} is a folder; copy its files one by one.") : TextInput.Open(source);
}
