using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>A workflow as callers see it.</summary>
internal sealed record Workflow(string Id, string? Name, string Status, string? Cause, WorkflowStep[] Steps, Dictionary<string, string> Sessions)
{
    public bool Ended => Status is not ("running" or "stopping");

    public WorkflowStep this[string id] => Steps.Single(step => step.Id == id);

    public string Shown => string.Join(' ', Steps.Select(step => $"{step.Id}:{step.Status}"));
}

/// <summary>A step of a workflow as callers see it.</summary>
internal sealed record WorkflowStep(
    string Id, string Status, string? Cause, string? Detail, int? ExitCode, string? JobId, string? SessionId, long? SessionStep, int Attempts, string AgentId, DateTime? StartedAt, DateTime? FinishedAt);

/// <summary>The routes of workflows as a caller uses them.</summary>
internal sealed class WorkflowClient(SandboxClient client)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public async Task<HttpResponseMessage> Post(object request, CancellationToken cancellationToken, string? key = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/workflows") { Content = JsonContent.Create(request) };
        if (key is not null)
            message.Headers.Add("Idempotency-Key", key);
        return await client.Http.SendAsync(message, cancellationToken);
    }

    public async Task<Workflow> Submit(object request, CancellationToken cancellationToken, string? key = null)
    {
        using var answer = await Post(request, cancellationToken, key);
        Assert.True(answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(cancellationToken));
        return (await answer.Content.ReadFromJsonAsync<Workflow>(Json, cancellationToken))!;
    }

    public async Task<Workflow> Get(string id, CancellationToken cancellationToken, int wait = 0) =>
        (await client.Http.GetFromJsonAsync<Workflow>($"/v1/workflows/{id}?wait={wait}", Json, cancellationToken))!;

    /// <summary>The workflow after its end.</summary>
    public async Task<Workflow> End(string id, CancellationToken cancellationToken)
    {
        for (var rounds = 0; ; rounds++)
        {
            var workflow = await Get(id, cancellationToken, wait: 60);
            if (workflow.Ended)
                return workflow;
            Assert.True(rounds < 3, $"The workflow {id} is still {workflow.Status}: {workflow.Shown}");
        }
    }

    public async Task<Workflow> Run(object request, CancellationToken cancellationToken) => await End((await Submit(request, cancellationToken)).Id, cancellationToken);

    /// <summary>Standard output of a step's job.</summary>
    public async Task<string> Stdout(Workflow workflow, string step, CancellationToken cancellationToken) =>
        (await client.Get(workflow[step].JobId!, cancellationToken)).Stdout!;
}
