using Sandbox.Cli.Output;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Transfers;

/// <summary>Content on its way to a file or to standard output, compared with its SHA-256.</summary>
/// <param name="console">Shows how far it is.</param>
/// <param name="content">The content; the caller's to dispose.</param>
/// <param name="path">What the server calls it.</param>
internal sealed class Download(CliConsole console, DownloadedContent content, string path)
{
    /// <summary>Writes it to a local path, where it appears whole or not at all, or to standard output.</summary>
    public Task To(string target, CancellationToken cancellationToken) =>
        target == TextInput.Standard ? Receive(console.Output, cancellationToken) : Save(LocalTarget(target), cancellationToken);

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
        using var progress = new ProgressLine(console, Printable.Line(path), content.Length);
        try
        {
            await content.CopyToAsync(output, progress, cancellationToken);
        }
        catch (IOException e)
        {
            throw new BrokenPipeException(e);
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
