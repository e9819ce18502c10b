using System.Security.Cryptography;
using Sandbox.Cli.Client;
using Sandbox.Cli.Output;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Sessions;

/// <summary>Copies a file into a session or out of it. What arrives is compared with what was sent, by its SHA-256.</summary>
internal sealed class FileCopy(ApiClient api, CliConsole console)
{
    private const int BufferBytes = 128 * 1024;

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
        Compare(path, hash, written.Sha256);
        return written;
    }

    /// <summary>Fetches a file to a local path, where it appears whole or not at all, or to standard output.</summary>
    public async Task Download(SessionPath source, string target, CancellationToken cancellationToken)
    {
        var path = source.ForFile(null);
        using var response = await new FileCalls(api, source.Session).Open(path, cancellationToken);
        if (target == TextInput.Standard)
        {
            await Receive(response, console.Output, path, cancellationToken);
            return;
        }

        await Save(response, LocalTarget(target, path), path, cancellationToken);
    }

    private async Task Save(HttpResponseMessage response, string target, string path, CancellationToken cancellationToken)
    {
        var partial = target + ".partial";
        try
        {
            await using (var file = File.Create(partial))
                await Receive(response, file, path, cancellationToken);
            File.Move(partial, target, overwrite: true);
        }
        catch (Exception e) when (e is BrokenPipeException or UnauthorizedAccessException or DirectoryNotFoundException)
        {
            throw new CliException($"{target} could not be written: {(e.InnerException ?? e).Message}");
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private async Task Receive(HttpResponseMessage response, Stream output, string path, CancellationToken cancellationToken)
    {
        using var progress = new ProgressLine(console, Printable.Line(path), response.Content.Headers.ContentLength);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var content = new CountingStream(body, hash, progress);
        var buffer = new byte[BufferBytes];
        while (await Read(content, buffer, path, cancellationToken) is var count and > 0)
        {
            try
            {
                await output.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
            catch (IOException e)
            {
                throw new BrokenPipeException(e);
            }
        }

        await output.FlushAsync(cancellationToken);
        Compare(path, hash, response.Headers.ETag?.Tag.Trim('"'));
    }

    private static async Task<int> Read(CountingStream content, byte[] buffer, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (Retry.IsLostConnection(e, cancellationToken))
        {
            throw new CliException($"{Printable.Line(path)} arrived in part only: {e.Message}");
        }
    }

    // A file that changes all the time has no checksum.
    private static void Compare(string path, IncrementalHash here, string? there)
    {
        if (there is not null && !there.Equals(Convert.ToHexStringLower(here.GetCurrentHash()), StringComparison.OrdinalIgnoreCase))
            throw new CliException($"{Printable.Line(path)} arrived damaged: its SHA-256 is not the one that the server states");
    }

    private static FileStream Open(string source) =>
        Directory.Exists(source) ? throw new CliException($"{source} is a folder; copy its files one by one.") : TextInput.Open(source);

    private static string LocalTarget(string target, string path)
    {
        if (!Directory.Exists(target) && !target.EndsWith('/'))
            return target;
        // Only the last name: the path inside says nothing about where things belong here.
        var name = Path.GetFileName(path);
        if (name is "" or "." or "..")
            throw new CliException($"{Printable.Line(path)} names no file; name the local file to write.");
        return Path.Combine(target, name);
    }
}
