using Sandbox.Cli.Output;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Transfers;

/// <summary>Content on its way to a file or to standard output, compared with its SHA-256.</summary>
/// <param name="console">Shows how far it is.</param>
/// <param name="content">The content; the caller's to dispose.</param>
/// <param name="path">What it is called.</param>
/// <param name="isChosen">Whether the person at the terminal has chosen that name, and not the code that made the content.</param>
internal sealed class Download(CliConsole console, DownloadedContent content, string path, bool isChosen)
{
    /// <summary>Writes it to a local path, where it appears whole or not at all, or to standard output.</summary>
    public async Task To(string target, CancellationToken cancellationToken)
    {
        if (target == TextInput.Standard)
            await Show(cancellationToken);
        else
            await Local(target).Write(file => Receive(file, cancellationToken));
    }

    private async Task Show(CancellationToken cancellationToken)
    {
        try
        {
            await Receive(console.Output, cancellationToken);
        }
        catch (IOException e) when (BrokenPipeException.Is(e))
        {
            throw new BrokenPipeException(e);
        }
    }

    private async Task Receive(Stream output, CancellationToken cancellationToken)
    {
        using var progress = new ProgressLine(console, Printable.Line(path), content.Length);
        await content.CopyToAsync(output, progress, cancellationToken);
    }

    private LocalFile Local(string target)
    {
        if (!Directory.Exists(target) && !target.EndsWith('/'))
            return new LocalFile(Path.GetFullPath(target), replaces: true);
        // Only the last name: the path inside says nothing about where things belong here.
        var name = Path.GetFileName(path);
        if (name is "" or "." or ".." || name.Contains('\0', StringComparison.Ordinal))
            throw new CliException($"{Printable.Line(path)} names no file; name the local file to write.");
        // In a name of its own choice, code could replace what is here.
        return new LocalFile(Path.GetFullPath(Path.Combine(target, name)), isChosen);
    }
}
