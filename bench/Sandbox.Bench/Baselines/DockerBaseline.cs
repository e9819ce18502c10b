using System.Formats.Tar;
using Sandbox.Bench.Processes;
using Sandbox.Runtime.Pool;
using Sandbox.Runtime.Templates;

namespace Sandbox.Bench.Baselines;

/// <summary><c>docker run</c> of the same program on the same host files, with Docker's options for hardening.</summary>
internal sealed class DockerBaseline : IBaseline
{
    public const string Title = "docker run";

    private readonly TemporaryFolder _folder = new();
    private readonly string _image = $"sandbox-bench:{Environment.ProcessId}";
    private readonly string[] _command;

    private DockerBaseline()
    {
        var limits = new PoolOptions().Limits;
        _command =
        [
            "docker", "run", "--rm", "--network=none", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges",
            $"--memory={limits.MemoryBytes}", "--cpus=1", $"--pids-limit={limits.Processes}", "--user=1000:1000",
            $"--tmpfs=/workspace:size={limits.DiskBytes}", $"--tmpfs=/tmp:size={limits.DiskBytes}", "--volume=/usr:/usr:ro",
            _image, .. MeasuredProgram.Argv,
        ];
        HostTemplate.Build(_folder["root"]);
        TarFile.CreateFromDirectory(_folder["root"], _folder["root.tar"], includeBaseDirectory: false);
        // Made here, so that no registry has to answer.
        if (ChildProcess.Run(["docker", "import", _folder["root.tar"], _image], _folder["errors.log"]) is { ExitCode: not 0 } failed)
            throw new BenchException($"docker import failed: {failed.Errors()}");
    }

    public string Name => Title;

    /// <summary>The baseline where a daemon answers; null elsewhere.</summary>
    public static DockerBaseline? TryCreate()
    {
        try
        {
            return ChildProcess.Run(["docker", "version", "--format", "{{.Server.Version}}"]).ExitCode == 0 ? new DockerBaseline() : null;
        }
        catch (BenchException)
        {
            // Not installed, or not able to make an image: measured without.
            return null;
        }
    }

    public void Run(int worker, CancellationToken cancellationToken) =>
        MeasuredProgram.Check(Name, ChildProcess.Run(_command, _folder["errors.log"], cancellationToken: cancellationToken));

    public void Dispose()
    {
        ChildProcess.Run(["docker", "image", "rm", "--force", _image]);
        _folder.Dispose();
    }
}
