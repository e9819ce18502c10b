using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Transfers;

/// <summary>A file of this machine that appears whole or not at all.</summary>
/// <param name="path">Its full path.</param>
/// <param name="replaces">Whether it takes the place of a file that is there already.</param>
internal sealed class LocalFile(string path, bool replaces)
{
    /// <summary>Whether missing folders around it are made.</summary>
    public bool MakesFolders { get; init; }

    /// <summary>Writes it.</summary>
    /// <param name="fill">Writes the content.</param>
    /// <exception cref="CliException">It cannot be written.</exception>
    public async Task Write(Func<Stream, Task> fill)
    {
        try
        {
            if (!replaces && Path.Exists(path))
                throw new IOException("a file of that name is there already");
            if (MakesFolders)
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await Fill(fill);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{Printable.Line(path)} could not be written: {e.Message}");
        }
    }

    private async Task Fill(Func<Stream, Task> fill)
    {
        // A name that nobody can guess and nothing has: whatever waits there, such as a link, is not followed.
        var partial = Path.Combine(Path.GetDirectoryName(path)!, $".sandbox-{Guid.NewGuid():N}.partial");
        var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write);
        try
        {
            await using (file)
                await fill(file);
            File.Move(partial, path, replaces);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
