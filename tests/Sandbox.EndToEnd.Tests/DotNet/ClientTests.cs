using System.Text;
using Typed = Sandbox.Client;

namespace Sandbox.EndToEnd.Tests.DotNet;

/// <summary>The client library against the server itself.</summary>
public sealed class ClientTests(SharedServer shared)
{
    private const int Lines = 60;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Job_IsRunStreamedListedAndRemoved()
    {
        using var client = Connect();
        var request = new Typed.JobRequest
        {
            Language = "python",
            Code = "import sys\nprint('€', flush=True)\nopen('out.txt', 'w').write('kept')\nprint('no', file=sys.stderr)\n6 * 7",
            Artifacts = ["*.txt"],
            Metadata = new Dictionary<string, string> { ["client"] = "dotnet" },
        };

        var key = Guid.NewGuid().ToString();
        Typed.Job job = await client.Jobs.RunAsync(request, key, Token);
        var events = await client.Jobs.FollowAsync(job.Id, cancellationToken: Token).ToListAsync(Token);

        Assert.Equal((Typed.JobStatus.Succeeded, "€\n", "no\n", 42), (job.Status, job.Stdout, job.Stderr, job.Result!.Value.GetInt32()));
        Assert.Equal(job.Id, (await client.Jobs.SubmitAsync(request, key, Token)).Value.Id);
        Assert.Equal("€\n", string.Concat(events.Where(item => item.Kind == Typed.OutputKind.Stdout).Select(item => item.Text)));
        Assert.Equal((Typed.JobStatus.Succeeded, 0), (events[^1].End!.Status, events[^1].End!.ExitCode));
        await using var content = await client.Artifacts.OpenAsync(job.Artifacts.Single().Id, Token);
        using var kept = new MemoryStream();
        await content.CopyToAsync(kept, cancellationToken: Token);
        Assert.Equal("kept", Encoding.UTF8.GetString(kept.ToArray()));
        var filter = new Typed.ListFilter { PageSize = 1, Metadata = request.Metadata };
        Assert.Equal([job.Id], await client.Jobs.ListAsync(filter, Token).Select(found => found.Id).ToListAsync(Token));
        await client.Jobs.DeleteAsync(job.Id, Token);
        Assert.Equal(404, (await Assert.ThrowsAsync<Typed.SandboxException>(() => client.Jobs.GetAsync(job.Id, Token))).Status);
    }

    [Fact]
    public async Task Session_KeepsVariablesAndFiles_AndSaysWhyItIsGone()
    {
        using var client = Connect();
        Typed.Session session = await client.Sessions.CreateAsync(cancellationToken: Token);
        await client.Sessions.Files.WriteAsync(session.Id, "data/table.csv", new MemoryStream(Encoding.UTF8.GetBytes("1\n2\n")), Token);
        await client.Sessions.Steps.RunAsync(session.Id, new Typed.StepRequest { Code = "x = sum(map(int, open('data/table.csv')))" }, cancellationToken: Token);
        Typed.Step step = await client.Sessions.Steps.RunAsync(session.Id, new Typed.StepRequest { Code = "x" }, cancellationToken: Token);
        var files = await client.Sessions.Files.ListAsync(session.Id, new Typed.FileListOptions { Recursive = true, PageSize = 1 }, Token).ToListAsync(Token);
        Typed.BackgroundCommand command = await client.Sessions.Commands.StartAsync(
            session.Id, new Typed.CommandRequest { Command = ["cat"], KeepStdinOpen = true }, cancellationToken: Token);
        await client.Sessions.Commands.WriteInputAsync(session.Id, command.Number, new MemoryStream("typed"u8.ToArray()), close: true, cancellationToken: Token);
        await client.Sessions.Commands.WaitAsync(session.Id, command.Number, Token);
        var output = await client.Sessions.Commands.ReadOutputAsync(session.Id, command.Number, cancellationToken: Token);
        await client.Sessions.EndAsync(session.Id, Token);

        Assert.Equal("3", step.Results![step.MainResult!.Value].GetProperty("text/plain").GetString());
        Assert.Equal(["data", "data/table.csv"], files.Select(file => file.Path));
        Assert.Equal(("typed", true), (Encoding.UTF8.GetString(output.Bytes.Span), output.HasEnded));
        var gone = await Assert.ThrowsAsync<Typed.SandboxException>(() => client.Sessions.GetAsync(session.Id, Token));
        Assert.Equal((410, "session_terminated"), (gone.Status, gone.Code));
        var refused = await Assert.ThrowsAsync<Typed.SandboxException>(() => client.Sessions.CreateAsync(new Typed.SessionRequest { TtlSeconds = -1 }, cancellationToken: Token));
        Assert.Contains("ttlSeconds", refused.Errors.Keys);
    }

    [Fact]
    public async Task Operator_SeesTheNode_AndWhatTheTenantUses()
    {
        using var client = Connect();

        Typed.Node node = Assert.Single(await client.Nodes.ListAsync(Token).ToListAsync(Token));
        Typed.Usage usage = await client.Usage.GetAsync(Token);
        Typed.AuditCheck check = await client.Audit.VerifyAsync(Token);

        Assert.Equal((node.Name, Typed.NodeStatus.Active), ((await client.Nodes.GetAsync(node.Name, Token)).Value.Name, node.Status));
        Assert.True(node.Capacity.Jobs > 0 && node.Processes.Count == 1);
        Assert.Equal("default", usage.TenantId);
        Assert.True(check.Valid);
    }

    [Fact]
    public async Task Stream_OfAJob_WhoseServerIsKilled_GoesOnWithoutLossOrRepetition()
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        var url = server.Client.Http.BaseAddress!;
        using var client = new Typed.SandboxClient(url, data.OperatorKey);
        Typed.Job job = await client.Jobs.SubmitAsync(
            new Typed.JobRequest { Language = "python", Code = $"import time\nfor i in range({Lines}):\n    print(i, flush=True)\n    time.sleep(0.05)" }, cancellationToken: Token);

        var seen = new StringBuilder();
        Task<SandboxServer>? next = null;
        await foreach (var item in client.Jobs.FollowAsync(job.Id, cancellationToken: Token))
        {
            seen.Append(item.Text);
            if (seen.Length < 10 || next is not null)
                continue;
            await server.Kill(Token);
            // Meanwhile the client finds nobody.
            next = SandboxServer.Start(data, Token, ("ASPNETCORE_URLS", url.ToString()));
        }

        await using var restarted = await next!;
        Assert.Equal(string.Concat(Enumerable.Range(0, Lines).Select(line => $"{line}\n")), seen.ToString());
    }

    private Typed.SandboxClient Connect() => new(shared.Client.Http.BaseAddress!, shared.Client.Http.DefaultRequestHeaders.Authorization!.Parameter);
}
