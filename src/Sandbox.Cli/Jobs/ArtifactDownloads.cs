using System.Security.Cryptography;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Jobs;

/// <summary>Fetches a job's artifacts into a folder, checked, and never outside of it.</summary>
internal sealed class ArtifactDownloads(ArtifactsClient artifacts, CliConsole console)
{
    public async Task Save(Job job, string folder, CancellationToken cancellationToken)
    {
        foreach (var skipped in job.SkippedArtifacts)
            console.Tell($"not kept: {Printable.Line(skipped.Name)}: {Printable.Line(skipped.Reason)}");
        foreach (var artifact in job.Artifacts)
        {
            var path = Target(folder, artifact.Name);
            await Download(artifact, path, cancellationToken);
            console.ErrorText.WriteLine(console.ErrorStyle.Faint($"saved {Printable.Line(path)} ({Units.Bytes(artifact.SizeBytes)})"));
        }
    }

    /// <summary>The name was chosen by untrusted code: it must stay below the folder.</summary>
    private static string Target(string folder, string name)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var path = Path.GetFullPath(Path.Combine(root, name));
        if (name.Contains('\0', StringComparison.Ordinal) || !path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new CliException($"the artifact name leads out of {folder}: {Printable.Line(name)}");
        return path;
    }

    private async Task Download(Artifact artifact, string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var partial = path + ".partial";
        try
        {
            var hash = await Copy(artifact, partial, cancellationToken);
            if (artifact.Sha256.Length > 0 && !artifact.Sha256.Equals(hash, StringComparison.OrdinalIgnoreCase))
                throw new CliException($"{artifact.Name} arrived damaged: its SHA-256 is not the one that the server states.");
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{artifact.Name} could not be saved: {e.Message}");
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private async Task<string> Copy(Artifact artifact, string partial, CancellationToken cancellationToken)
    {
        await using var content = await artifacts.OpenAsync(artifact.Id, cancellationToken);
        using var progress = new ProgressLine(console, Printable.Line(artifact.Name), artifact.SizeBytes);
        using var sha256 = SHA256.Create();
        await using var file = File.Create(partial);
        await using (var hashing = new CryptoStream(file, sha256, CryptoStreamMode.Write, leaveOpen: true))
            await content.CopyToAsync(hashing, progress, cancellationToken);
        return Convert.ToHexStringLower(sha256.Hash!);
    }
}
