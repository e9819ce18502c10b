namespace Sandbox.EndToEnd.Tests.E2b;

/// <summary>Runs a script with E2B's own SDK, unmodified, told of the server by its variables alone.</summary>
internal static class E2bClient
{
    /// <summary>What a script of ours printed.</summary>
    public static Task<string> Run(string sdk, Uri server, string key, CancellationToken cancellationToken, params string[] script) =>
        RunFile(sdk, server, key, [Path.Combine(AppContext.BaseDirectory, "E2b", script[0]), .. script.Skip(1)], cancellationToken);

    /// <summary>What a program printed that finds the SDK beside it.</summary>
    public static async Task<string> RunText(string sdk, Uri server, string key, string program, CancellationToken cancellationToken)
    {
        var file = Path.Combine(NpmTools.Folder(sdk), $"{Guid.NewGuid():N}.mjs");
        await File.WriteAllTextAsync(file, program, cancellationToken);
        try
        {
            return await RunFile(sdk, server, key, [file], cancellationToken);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<string> RunFile(string sdk, Uri server, string key, IEnumerable<string> script, CancellationToken cancellationToken)
    {
        var url = server.AbsoluteUri.TrimEnd('/');
        var folder = NpmTools.Folder(sdk);
        var (exitCode, output) = await NpmTools.Run(
            folder, "node", script, cancellationToken, ("E2B_SDK", folder), ("E2B_API_URL", url), ("E2B_SANDBOX_URL", url), ("E2B_API_KEY", key));
        Assert.True(exitCode == 0, output);
        return output;
    }
}
