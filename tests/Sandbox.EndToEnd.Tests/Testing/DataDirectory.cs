using System.Security.Cryptography;
using System.Text;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>A data folder that outlives the servers that are started on it.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("sandbox-e2e-").FullName;

    public DataDirectory()
    {
        Root = Path.Combine(_parent, "data");
        Host = new HostRemains(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Root)))[..12]);
    }

    public string Root { get; }

    /// <summary>What the servers of this folder have on the host.</summary>
    public HostRemains Host { get; }

    /// <summary>Where the servers of this folder keep the files of templates.</summary>
    public string Roots => Path.Combine(Host.LibraryFolder, "roots");

    /// <summary>What the servers of this folder wrote to their standard streams.</summary>
    public string LogFile => Path.Combine(_parent, "server.log");

    public bool HasOperatorKey => File.Exists(Path.Combine(Root, "operator.key"));

    public string OperatorKey => File.ReadAllText(Path.Combine(Root, "operator.key")).Trim();

    /// <summary>Where a member of the server tells where it listens.</summary>
    public string ServerFileOf(int member) => Path.Combine(Root, member == 1 ? "server.json" : $"server-{member}.json");

    public void Dispose()
    {
        // Shown with a test that failed.
        if (File.Exists(LogFile))
            TestContext.Current.TestOutputHelper?.WriteLine(File.ReadAllText(LogFile));
        Host.Clear();
        Directory.Delete(_parent, recursive: true);
    }
}
