using System.Diagnostics;
using System.Reflection;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Script;

/// <summary>The result of one call of the script.</summary>
internal sealed record ScriptResult(int ExitCode, string Output, string Errors);

/// <summary>
/// A clone with the real script and stand-ins for the SDK and the server, so that starting, stopping and building can
/// be tried without either.
/// </summary>
internal sealed class FakeClone : IDisposable
{
    private static readonly string s_repository = typeof(FakeClone).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    private readonly TemporaryFolder _folder = new();

    public FakeClone()
    {
        Copy("sandbox");
        Copy("global.json");
        foreach (var part in Directory.GetFiles(Path.Combine(s_repository, "scripts"), "*.sh"))
            Copy("scripts/" + Path.GetFileName(part));
        CopyTo(Path.Combine(s_repository, "tests/Sandbox.Cli.Tests/Script/fake-server.py"), "fake-server.py");
        CopyTo(Path.Combine(s_repository, "tests/Sandbox.Cli.Tests/Script/fake-dotnet.sh"), "bin/dotnet");
        _folder.Write("src/Sandbox.Api/Sandbox.Api.csproj", """<ProjectReference Include="../Sandbox.Silo/Sandbox.Silo.csproj" />""");
        _folder.Write("src/Sandbox.Silo/Sandbox.Silo.csproj", "");
        _folder.Write("src/Sandbox.Silo/Program.cs", "// first");
        _folder.Write("src/Sandbox.Agent/Sandbox.Agent.csproj", "");
        _folder.Write("src/Sandbox.Cli/Sandbox.Cli.csproj", "");
    }

    public string Data => Path.Combine(_folder.Path, "data");

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Projects built so far, in order.</summary>
    public string[] Publishes => ReadLines(Path.Combine(_folder.Path, "publishes"));

    /// <summary>Servers started so far: process id, agent folder, current folder.</summary>
    public string[] Starts => ReadLines(Path.Combine(Data, "starts"));

    public string Write(string name, string content) => _folder.Write(name, content);

    public async Task<ScriptResult> Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(_folder.Path, "sandbox"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_folder.Path}/bin:{System.Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["FAKE_CLONE"] = _folder.Path;
        start.Environment["SANDBOX_DATA"] = Data;
        start.Environment.Remove("SANDBOX_URL");
        start.Environment.Remove("SANDBOX_API_KEY");
        start.Environment.Remove("DOTNET_ROOT");
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ScriptResult(process.ExitCode, await output, await errors);
    }

    public void Dispose()
    {
        foreach (var start in Starts)
            Kill(int.Parse(start.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        _folder.Dispose();
    }

    private static void Kill(int id)
    {
        try
        {
            using var server = Process.GetProcessById(id);
            if (File.ReadAllText($"/proc/{id}/cmdline").Contains("Sandbox.Api", StringComparison.Ordinal))
                server.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException)
        {
            // Gone already, as it should be.
        }
    }

    private static string[] ReadLines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];

    private void Copy(string name) => CopyTo(Path.Combine(s_repository, name), name);

    private void CopyTo(string source, string name)
    {
        var target = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(source, target);
        File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
