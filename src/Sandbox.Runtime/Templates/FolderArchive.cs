using System.Diagnostics;

namespace Sandbox.Runtime.Templates;

/// <summary>
/// A folder of the host as an archive, by the host's own tar, which follows no link in it: so that a folder passes the same
/// gate as what a stranger sends.
/// </summary>
internal sealed class FolderArchive : IAsyncDisposable
{
    private readonly Process _tar;

    private FolderArchive(Process tar) => _tar = tar;

    /// <summary>The archive.</summary>
    public Stream Content => _tar.StandardOutput.BaseStream;

    public static FolderArchive Open(string folder)
    {
        // Its place on the disk, its owners and attributes are the host's own affair. What another file system holds is left out.
        var start = new ProcessStartInfo(
            "tar", ["--create", "--format=pax", "--one-file-system", "--sort=name", "--numeric-owner", "--directory", folder, "--file=-", "."])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        var tar = Process.Start(start) ?? throw new InvalidOperationException("tar was not started.");
        tar.StandardInput.Close();
        return new FolderArchive(tar);
    }

    /// <summary>Completes when tar has said that it read everything.</summary>
    /// <exception cref="TemplateContentException">It could not.</exception>
    public async Task Complete(CancellationToken cancellationToken)
    {
        // It may have blocks to write after the end of the archive.
        await Content.CopyToAsync(Stream.Null, cancellationToken);
        await _tar.WaitForExitAsync(cancellationToken);
        if (_tar.ExitCode != 0)
            throw new TemplateContentException("The folder could not be read whole.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_tar.HasExited)
        {
            _tar.Kill();
            await _tar.WaitForExitAsync();
        }

        _tar.Dispose();
    }
}
