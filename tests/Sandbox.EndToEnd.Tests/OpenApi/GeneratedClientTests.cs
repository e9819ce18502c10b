using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.OpenApi;

/// <summary>The description of the interface, as the tools of others read it.</summary>
public sealed class GeneratedClientTests(SharedServer server) : IDisposable
{
    private static readonly string Tools = NpmTools.Folder("openapi");

    // Below the tools: there their packages are found.
    private readonly DirectoryInfo _folder = Directory.CreateDirectory(Path.Combine(Tools, $"{Guid.NewGuid():N}"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Document_ByTheRecommendedRulesOfRedocly_HasNoProblem()
    {
        await Download();

        var (_, output) = await Run("redocly", "lint", "--extends", "recommended", "--format", "json", "openapi.json");

        // Notes around it are the program's own.
        using var report = JsonDocument.Parse(output[output.IndexOf("{\n", StringComparison.Ordinal)..(output.LastIndexOf("\n}", StringComparison.Ordinal) + 2)]);
        Assert.Equal(0, report.RootElement.GetProperty("totals").GetProperty("errors").GetInt32());
        Assert.Empty(report.RootElement.GetProperty("problems").EnumerateArray().Select(static problem => $"{problem.GetProperty("ruleId")}: {problem.GetProperty("message")}"));
    }

    [Fact]
    public async Task TypeScriptClient_GeneratedFromTheDocument_CompilesAndRunsAJob()
    {
        await Download();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "OpenApi/clients/openapi/run-job.ts"), Path.Combine(_folder.FullName, "run-job.ts"));

        await Succeed("openapi-typescript", "openapi.json", "-o", "sandbox.d.ts");
        await Succeed("tsc", "--strict", "--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext", "run-job.ts");
        var (exitCode, output) = await NpmTools.Run(
            _folder.FullName, "node", ["run-job.js"], Token, ("SANDBOX_URL", server.Client.Http.BaseAddress!.GetLeftPart(UriPartial.Authority)), ("SANDBOX_API_KEY", server.Client.Http.DefaultRequestHeaders.Authorization!.Parameter!));

        Assert.True(exitCode == 0, output);
        Assert.Equal("succeeded 0 \"42\\n\"\n400 invalid_request language\nsucceeded {\"text/plain\":\"[1, 2]\"}\ntrue\n", output);
    }

    private async Task Download() =>
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "openapi.json"), await server.Client.Http.GetByteArrayAsync("/openapi/v1.json", Token), Token);

    private async Task Succeed(string tool, params string[] arguments)
    {
        var (exitCode, output) = await Run(tool, arguments);
        Assert.True(exitCode == 0, output);
    }

    // Nothing is reported to whoever made it, and nothing is looked for elsewhere.
    private Task<(int ExitCode, string Output)> Run(string tool, params string[] arguments) => NpmTools.Run(
        _folder.FullName, Path.Combine(Tools, "node_modules/.bin", tool), arguments, Token, ("REDOCLY_TELEMETRY", "off"), ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true"));
}
