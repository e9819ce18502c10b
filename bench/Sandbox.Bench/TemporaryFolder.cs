namespace Sandbox.Bench;

/// <summary>A folder that goes with its owner. Others may pass through it, as the users of containers must.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
    {
        Root = Directory.CreateTempSubdirectory("sandbox-bench-").FullName;
        File.SetUnixFileMode(Root, (UnixFileMode)0b111_001_001);
    }

    public string Root { get; }

    public string this[string name] => Path.Combine(Root, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"{Root} could not be removed: {e.Message}");
        }
    }
}
