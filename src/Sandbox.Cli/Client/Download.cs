using System.Security.Cryptography;
using Sandbox.Cli.Output;
using Sandbox.Cli.Sessions;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Client;

/// <summary>The content of an answer, on its way to a file or to standard output, compared with the SHA-256 that its ETag is.</summary>
/// <param name="console">Shows how far it is.</param>
/// <param name="response">The answer; the caller's to dispose.</param>
/// <param name="path">What the server calls it.</param>
internal sealed class Download(CliConsole console, HttpResponseMessage response, string path)
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Writes it to a local path, where it appears whole or not at all, or to standard output.</summary>
    public Task To(string target, CancellationToken cancellationToken) =>
        target == TextInput.Standard ? Receive(console.Output, cancellationToken) : Save(LocalTarget(target), cancellationToken);

    /// <summary>Fails where what has come is not what was sent. A file that changes all the time has no checksum.</summary>
    public static void Compare(string path, IncrementalHash here, string? there)
    {
        if (there is not null && !there.Equals(Convert.ToHexStringLower(here.GetCurrentHash()), StringComparison.OrdinalIgnoreCase))
            throw new CliException($"{Printable.Line(path)} arrived damaged: its SHA-256 is not the one that the server states");
    }

    private async Task Save(string target, CancellationToken cancellationToken)
    {
        var partial = target + ".partial";
        try
        {
            await using (var file = File.Create(partial))
                await Receive(file, cancellationToken);
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

    private async Task Receive(Stream output, CancellationToken cancellationToken)
    {
        using var progress = new ProgressLine(console, Printable.Line(path), response.Content.Headers.ContentLength);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var content = new CountingStream(body, hash, progress);
        var buffer = new byte[BufferBytes];
        while (await Read(content, buffer, cancellationToken) is var count and > 0)
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

    private async Task<int> Read(CountingStream content, byte[] buffer, CancellationToken cancellationToken)
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

    private string LocalTarget(string target)
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
