using System.ComponentModel;
using System.Diagnostics;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Templates;

/// <summary>An archive to send: a file, standard input, a folder packed by tar, or an image that Docker saves.</summary>
internal sealed class ArchiveSource : IAsyncDisposable
{
    private const string DockerPrefix = "docker:";

    private readonly Process? _process;
    private readonly Task<string>? _errors;

    private ArchiveSource(string name, Stream content, Process? process = null)
    {
        Name = name;
        Content = content;
        _process = process;
        // Read beside: a full pipe would stop the program.
        _errors = process?.StandardError.ReadToEndAsync();
    }

    /// <summary>What it is, for people.</summary>
    public string Name { get; }

    public Stream Content { get; }

    public static ArchiveSource Open(string source, CliConsole console)
    {
        if (source.StartsWith(DockerPrefix, StringComparison.Ordinal))
            return Run(source, "docker", ["save", "--", source[DockerPrefix.Length..]]);
        if (Directory.Exists(source))
            return Run(source, "tar", ["--create", "--format=pax", "--directory", source, "--file=-", "."]);
        return source == TextInput.Standard ? new ArchiveSource("standard input", console.Input) : new ArchiveSource(source, TextInput.Open(source));
    }

    /// <summary>Says so where the program that made it did not get to its end.</summary>
    public async Task Complete(CancellationToken cancellationToken)
    {
        if (_process is null)
            return;
        await Content.CopyToAsync(Stream.Null, cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        if (_process.ExitCode != 0)
            throw new CliException($"{Printable.Line(Name)} could not be packed: {Printable.Line((await _errors!).Trim())}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
        {
            await Content.DisposeAsync();
            return;
        }

        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static ArchiveSource Run(string source, string program, string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            var process = Process.Start(start) ?? throw new CliException($"{program} was not started.");
            return new ArchiveSource(source, process.StandardOutput.BaseStream, process);
        }
        catch (Win32Exception e)
        {
            throw new CliException($"{Printable.Line(source)} needs the program {program}, which cannot be run here: {e.Message}");
        }
    }
}
