using System.Security.Cryptography;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;
using Sandbox.Cli.Transfers;

namespace Sandbox.Cli.Jobs;

/// <summary>Where the artifacts of a job go.</summary>
/// <param name="Path">The folder.</param>
/// <param name="IsTheirs">Whether it was named for them, so that those of an earlier job in it are replaced.</param>
internal sealed record ArtifactFolder(string Path, bool IsTheirs);

/// <summary>Fetches a job's artifacts into a folder, checked, and never outside of it.</summary>
internal sealed class ArtifactDownloads(ArtifactsClient artifacts, CliConsole console)
{
    public async Task Save(Job job, ArtifactFolder folder, CancellationToken cancellationToken)
    {
        foreach (var skipped in job.SkippedArtifacts)
            console.Tell($"not kept: {Printable.Line(skipped.Name)}: {Printable.Line(skipped.Reason)}");
        foreach (var artifact in job.Artifacts)
        {
            var path = Target(folder.Path, artifact.Name);
            await new LocalFile(path, folder.IsTheirs) { MakesFolders = true }.Write(file => Copy(artifact, file, cancellationToken));
            console.ErrorText.WriteLine(console.ErrorStyle.Faint($"saved {Printable.Line(path)} ({Units.Bytes(artifact.SizeBytes)})"));
        }
    }

    /// <summary>The name was chosen by untrusted code: it must stay below the folder.</summary>
    private static string Target(string folder, string name)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var path = name.Contains('\0', StringComparison.Ordinal) ? string.Empty : Path.GetFullPath(Path.Combine(root, name));
        if (!path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) || LeadsThroughLink(root, path))
            throw new CliException($"the artifact name leads out of {folder}: {Printable.Line(name)}");
        return path;
    }

    // A link among the folders leads anywhere.
    private static bool LeadsThroughLink(string root, string path)
    {
        for (var folder = Path.GetDirectoryName(path)!; folder.Length > root.Length; folder = Path.GetDirectoryName(folder)!)
        {
            if (new DirectoryInfo(folder).LinkTarget is not null)
                return true;
        }

        return false;
    }

    private async Task Copy(Artifact artifact, Stream file, CancellationToken cancellationToken)
    {
        await using var content = await artifacts.OpenAsync(artifact.Id, cancellationToken);
        using var progress = new ProgressLine(console, Printable.Line(artifact.Name), artifact.SizeBytes);
        using var sha256 = SHA256.Create();
        await using (var hashing = new CryptoStream(file, sha256, CryptoStreamMode.Write, leaveOpen: true))
            await content.CopyToAsync(hashing, progress, cancellationToken);
        if (artifact.Sha256.Length > 0 && !artifact.Sha256.Equals(Convert.ToHexStringLower(sha256.Hash!), StringComparison.OrdinalIgnoreCase))
            throw new CliException($"{artifact.Name} arrived damaged: its SHA-256 is not the one that the server states.");
    }
}
