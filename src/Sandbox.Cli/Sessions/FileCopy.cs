using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;
using Sandbox.Cli.Transfers;

namespace Sandbox.Cli.Sessions;

/// <summary>Copies a file into a session or out of it. What arrives is compared with what was sent, by its SHA-256.</summary>
internal sealed class FileCopy(FilesClient files, CliConsole console)
{
    /// <summary>Sends a local file, or standard input; answers with the server's word on it.</summary>
    public async Task<Reply<WrittenFile>> Upload(string source, SessionPath target, CancellationToken cancellationToken)
    {
        var fromInput = source == TextInput.Standard;
        var path = target.ForFile(fromInput ? null : Path.GetFileName(Path.GetFullPath(source)));
        await using Stream content = fromInput ? console.Input : Open(source);
        using var progress = new ProgressLine(console, Printable.Line(path), fromInput || !content.CanSeek ? null : content.Length);
        await using var counted = new CountingStream(content, progress);
        return await files.WriteAsync(target.Session, path, counted, cancellationToken);
    }

    /// <summary>Fetches a file to a local path, where it appears whole or not at all, or to standard output.</summary>
    public async Task Download(SessionPath source, string target, CancellationToken cancellationToken)
    {
        var path = source.ForFile(null);
        await using var content = await files.OpenAsync(source.Session, path, cancellationToken);
        await new Download(console, content, path, isChosen: true).To(target, cancellationToken);
    }

    private static FileStream Open(string source) =>
        Directory.Exists(source) ? throw new CliException($"{source} is a folder; copy its files one by one.") : TextInput.Open(source);
}
