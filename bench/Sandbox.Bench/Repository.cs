namespace Sandbox.Bench;

/// <summary>The clone that this program was built from: where the script <c>sandbox</c> is.</summary>
internal sealed record Repository(string Root)
{
    public string Script => Path.Combine(Root, "sandbox");

    /// <summary>Where results and the log of the last server go.</summary>
    public string Results => Path.Combine(Root, "artifacts", "bench");

    public string DefaultOutput => Path.Combine(Results, "results.json");

    /// <summary>Looks upwards from the program, then from the current folder.</summary>
    public static Repository Find() =>
        new[] { AppContext.BaseDirectory, Environment.CurrentDirectory }.Select(Above).FirstOrDefault(found => found is not null)
            ?? throw new BenchException("The repository was not found. Run this by ./sandbox bench, or from inside of a clone.");

    private static Repository? Above(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Sandbox.sln")) && File.Exists(Path.Combine(folder.FullName, "sandbox")))
                return new Repository(folder.FullName);
        }

        return null;
    }
}
