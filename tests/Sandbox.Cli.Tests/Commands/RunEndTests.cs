using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Commands;

public sealed class RunEndTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ScriptedServer _server = null!;
    private string _file = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedServer.Start();
        _file = _folder.Write("hello.py", "print(1)");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"status":"succeeded","exitCode":0}""", 0)]
    [InlineData("""{"status":"failed","cause":"exit_code","exitCode":3}""", 3)]
    [InlineData("""{"status":"failed","cause":"exit_code","exitCode":255}""", 255)]
    [InlineData("""{"status":"failed","cause":"signal","signal":"SIGSEGV"}""", 139)]
    [InlineData("""{"status":"failed","cause":"signal","signal":"SIGKILL"}""", 137)]
    [InlineData("""{"status":"failed","cause":"signal","signal":"SIGTERM"}""", 143)]
    [InlineData("""{"status":"failed","cause":"signal","signal":"35"}""", 163)]
    [InlineData("""{"status":"failed","cause":"out_of_memory","signal":"SIGKILL"}""", 137)]
    [InlineData("""{"status":"failed","cause":"disk_limit","exitCode":1}""", 1)]
    [InlineData("""{"status":"failed","cause":"process_limit","exitCode":2}""", 2)]
    [InlineData("""{"status":"failed","cause":"output_limit"}""", 125)]
    [InlineData("""{"status":"failed","cause":"node_lost"}""", 125)]
    [InlineData("""{"status":"failed","cause":"policy_denied"}""", 125)]
    [InlineData("""{"status":"failed","cause":"start_failed"}""", 125)]
    [InlineData("""{"status":"timed_out","cause":"timeout"}""", 124)]
    [InlineData("""{"status":"cancelled","cause":"cancelled"}""", 130)]
    public async Task Run_JobEnded_ExitsAsTheProgramDid(string end, int exitCode)
    {
        _server.OnJob(Wires.End(1, end)).On("GET /v1/jobs/job_1", 200, Wires.Job("failed"));

        var result = await CliRun.Against(_server).Run("run", _file);

        Assert.Equal(exitCode, result.ExitCode);
    }

    [Theory]
    [InlineData("""{"status":"failed","cause":"out_of_memory"}""", "sandbox: out of memory: the limit is 512 MiB; raise it with --memory SIZE\n")]
    [InlineData("""{"status":"timed_out","cause":"timeout"}""", "sandbox: timed out: the limit is 30 s; raise it with --timeout SECONDS\n")]
    [InlineData("""{"status":"failed","cause":"signal","signal":"SIGSEGV"}""", "sandbox: killed by SIGSEGV\n")]
    [InlineData("""{"status":"failed","cause":"exit_code","exitCode":1}""", "")]
    public async Task Run_JobEndedOtherwiseThanByExit_SaysWhyInOneLine(string end, string line)
    {
        _server.OnJob(Wires.End(1, end)).On("GET /v1/jobs/job_1", 200, Wires.Job("failed"));

        var result = await CliRun.Against(_server).Run("run", _file);

        Assert.Equal(line, result.ErrorText);
    }

    [Fact]
    public async Task Run_Json_PrintsTheWholeJobWithMembersUnknownToTheClient()
    {
        _server.On("POST /v1/jobs", 202, Wires.Job("queued"))
            .On("GET /v1/jobs/job_1", 200, Wires.Job("running"))
            .On("GET /v1/jobs/job_1", 200, Wires.Job("failed", """ "cause":"exit_code","exitCode":4,"stdout":"hi","new":[1] """));

        var result = await CliRun.Against(_server).Run("run", "--json", _file);

        Assert.Equal(4, result.ExitCode);
        Assert.Contains("\"new\": [", result.Text, StringComparison.Ordinal);
        Assert.Contains("\"stdout\": \"hi\"", result.Text, StringComparison.Ordinal);
        Assert.Equal("GET /v1/jobs/job_1?wait=30", _server.Requests[^1].Line);
    }

    [Fact]
    public async Task Run_Detached_PrintsTheIdAndDoesNotWait()
    {
        _server.On("POST /v1/jobs", 202, Wires.Job("queued"));

        var result = await CliRun.Against(_server).Run("run", "--detach", _file);

        Assert.Equal((0, "job_1\n"), (result.ExitCode, result.Text));
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task Run_WithArtifacts_SavesThemBelowTheFolder()
    {
        OnArtifact("plots/a.svg", Sha256(PictureBytes), PictureBytes);
        var output = Path.Combine(_folder.Path, "out");

        var result = await CliRun.Against(_server).Run("run", "--artifact", "**/*.svg", "--output", output, _file);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(PictureBytes, await File.ReadAllBytesAsync(Path.Combine(output, "plots/a.svg"), TestContext.Current.CancellationToken));
        Assert.Contains("\"artifacts\":[\"**/*.svg\"]", _server.Requests[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ArtifactDamagedOnTheWay_FailsAndLeavesNoFile()
    {
        OnArtifact("a.svg", new string('0', 64), PictureBytes);
        var output = Path.Combine(_folder.Path, "out");

        var result = await CliRun.Against(_server).Run("run", "--artifact", "*.svg", "--output", output, _file);

        Assert.Equal(125, result.ExitCode);
        Assert.Contains("a.svg arrived damaged", result.ErrorText, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(output));
    }

    [Theory]
    [InlineData("../escaped.txt")]
    [InlineData("/tmp/../escaped.txt")]
    [InlineData("a/../../escaped.txt")]
    public async Task Run_ArtifactNameLeadsOutOfTheFolder_IsRefused(string name)
    {
        OnArtifact(name, Sha256(PictureBytes), PictureBytes);
        var output = Path.Combine(_folder.Path, "out");

        var result = await CliRun.Against(_server).Run("run", "--artifact", "*", "--output", output, _file);

        Assert.Equal(125, result.ExitCode);
        Assert.Contains("leads out of", result.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Requests, r => r.Line.Contains("/content", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_ArtifactBelowALink_IsRefused()
    {
        OnArtifact("plots/a.svg", Sha256(PictureBytes), PictureBytes);
        var output = Directory.CreateDirectory(Path.Combine(_folder.Path, "out")).FullName;
        var elsewhere = Directory.CreateDirectory(Path.Combine(_folder.Path, "elsewhere")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(output, "plots"), elsewhere);

        var result = await CliRun.Against(_server).Run("run", "--artifact", "*", "--output", output, _file);

        Assert.Equal(125, result.ExitCode);
        Assert.Contains("leads out of", result.ErrorText, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(elsewhere));
    }

    [Fact]
    public async Task Run_ArtifactsInAFolderOfTheirOwn_ReplaceThoseOfAnEarlierJob()
    {
        OnArtifact("a.svg", Sha256(PictureBytes), PictureBytes);
        var file = _folder.Write("out/a.svg", "earlier");

        var result = await CliRun.Against(_server).Run("run", "--artifact", "*", "--output", Path.GetDirectoryName(file)!, _file);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(PictureBytes, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }

    private static byte[] PictureBytes => [.. "<svg/>"u8, 0x00, 0xff];

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    private void OnArtifact(string name, string sha256, byte[] content) => _server
        .OnJob(Wires.Succeeded(1))
        .On("GET /v1/jobs/job_1", 200, Wires.Job("succeeded", $$""" "artifacts":[{"id":"art_1","name":"{{name}}","sizeBytes":8,"sha256":"{{sha256}}"}] """))
        .On("GET /v1/artifacts/art_1/content", async c => await c.Response.Body.WriteAsync(content));
}
