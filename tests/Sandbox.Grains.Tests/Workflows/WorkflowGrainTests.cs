using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Tests.Testing;
using static Sandbox.Grains.Tests.Workflows.Graphs;

namespace Sandbox.Grains.Tests.Workflows;

public sealed class WorkflowGrainTests : WorkflowTest
{
    [Fact]
    public async Task Steps_RunWhenThoseBeforeThemHaveEnded_AndAreGivenWhatTheyName()
    {
        await Node.Start();
        var last = Step("c", "a", "b") with
        {
            Job = Job with { Code = "${steps.a.stdout}+$${steps.a.stdout}+${HOME}", Stdin = "${steps.b.exitCode}", Env = new Dictionary<string, string> { ["R"] = "${steps.a.result.n}" } },
        };
        var id = await Submit(Graph(Step("a"), Step("b"), last));
        var first = new[] { await Next(), await Next() };
        Assert.Equal(["a", "b"], first.Select(run => run.Exec.Code).Order(StringComparer.Ordinal));
        var a = first.Single(run => run.Exec.Code == "a").Exec;
        a.Print("one");
        a.Print("""{"n":[1,2]}""", Sandbox.Protocol.OutputStream.Result);
        foreach (var (_, exec) in first)
            exec.Exit();

        var (_, after) = await Next();
        Assert.Equal(("one+${steps.a.stdout}+${HOME}", "0", "[1,2]"), (after.Code, after.Stdin, after.Start!.Env["R"]));
        after.Exit();
        var ended = await Ended(id);

        Assert.Equal((WorkflowStatus.Succeeded, null), (ended.Status, ended.Cause));
        Assert.Equal("a:Succeeded b:Succeeded c:Succeeded", Shown(ended));
        var job = await JobOf(ended, "c");
        Assert.Equal(("alice", id.ToString(), "c"), (job.AgentId, job.Metadata["workflow"], job.Metadata["workflow_step"]));
        Assert.DoesNotContain(Node.States.Stored, stored => stored.Name == "workflow-input");
    }

    [Fact]
    public async Task Step_ThatFails_StopsTheWorkflowWithWhatRuns()
    {
        await Node.Start();
        var id = await Submit(Graph(Step("a"), Step("b"), Step("c", "a")));
        var runs = new[] { await Next(), await Next() };
        runs.Single(run => run.Exec.Code == "a").Exec.Exit(3);
        var ended = await Ended(id);
        Assert.Equal((WorkflowStatus.Failed, WorkflowCauses.StepFailed), (ended.Status, ended.Cause));
        Assert.Equal("a:Failed b:Cancelled c:Skipped", Shown(ended));
        Assert.Equal((JobCauses.ExitCode, 3), (StepOf(ended, "a").Cause, StepOf(ended, "a").ExitCode));
        Assert.Equal(WorkflowCauses.Stopped, StepOf(ended, "c").Cause);
        Assert.Equal(JobStatus.Cancelled, (await JobOf(ended, "b")).Status);
    }

    [Fact]
    public async Task Step_ThatFailsWhereOthersGoOn_KeepsOnlyItsDependentsFromRunning()
    {
        await Node.Start();
        var cleanup = Step("cleanup", "a") with { When = "steps.a.status == 'failed' && steps.a.exitCode == 3" };
        var never = Step("never", "cleanup") with { When = "steps.a.exitCode == 0" };
        var id = await Submit(Graph(Step("a"), Step("b"), Step("c", "a"), Step("d", "c"), cleanup, never) with { OnFailure = FailureModes.Continue });
        var runs = new[] { await Next(), await Next() };
        runs.Single(run => run.Exec.Code == "a").Exec.Exit(3);
        var (_, last) = await Next();
        Assert.Equal("cleanup", last.Code);
        last.Exit();
        runs.Single(run => run.Exec.Code == "b").Exec.Exit();
        var ended = await Ended(id);
        Assert.Equal(WorkflowStatus.Failed, ended.Status);
        Assert.Equal("a:Failed b:Succeeded c:Skipped d:Skipped cleanup:Succeeded never:Skipped", Shown(ended));
        Assert.Equal(
            [WorkflowCauses.Dependency, WorkflowCauses.Dependency, WorkflowCauses.Condition],
            new[] { "c", "d", "never" }.Select(step => StepOf(ended, step).Cause));
    }

    [Fact]
    public async Task Step_ThatFails_IsTriedAgainAfterItsTime()
    {
        await Node.Start();
        var id = await Submit(Graph(Step("a") with { MaxAttempts = 3, BackoffSeconds = 7 }));
        (await Next()).Exec.Exit(1);
        var first = await JobOf(await View(id), "a");
        await Node.Time.Pass(TimeSpan.FromSeconds(7));
        (await Next()).Exec.Exit(1);
        await Node.Time.Pass(TimeSpan.FromSeconds(14));
        (await Next()).Exec.Exit();
        var ended = await Ended(id);
        Assert.Equal((WorkflowStatus.Succeeded, 3), (ended.Status, StepOf(ended, "a").Attempts));
        Assert.NotEqual(first.Id, StepOf(ended, "a").JobId);
        var events = (await Events(id)).Select(Text).ToList();
        Assert.Equal(2, events.Count(text => text.Contains("\"retrying\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Step_ThatTakesTooLong_IsEndedAndHasTimedOut()
    {
        await Node.Start();
        var id = await Submit(Graph(Step("a") with { TimeoutSeconds = 9 }));
        await Next();
        await Node.Time.Pass(TimeSpan.FromSeconds(9));
        var ended = await Ended(id);
        Assert.Equal("a:TimedOut", Shown(ended));
        Assert.Equal((WorkflowStatus.Failed, JobStatus.Cancelled), (ended.Status, (await JobOf(ended, "a")).Status));
    }

    [Fact]
    public async Task Workflow_ThatTakesTooLong_IsStopped()
    {
        await Node.Start();
        var id = await Submit(Graph(Step("a"), Step("b", "a")) with { TimeoutSeconds = 50 });
        await Next();
        await Node.Time.Pass(TimeSpan.FromSeconds(50));
        var ended = await Ended(id);
        Assert.Equal((WorkflowStatus.TimedOut, WorkflowCauses.Timeout), (ended.Status, ended.Cause));
        Assert.Equal("a:Cancelled b:Skipped", Shown(ended));
    }

    [Fact]
    public async Task Cancel_EndsWhatRunsAndWhatWaitsForRoom()
    {
        Node.Slots = 1;
        await Node.Start();
        var id = await Submit(Graph(Step("a"), Step("b"), Step("c", "b")));
        await Next();
        var cancelled = await Node.Workflow(id).Cancel(Alice, Patience.Token);
        Assert.Null(cancelled.Refusal);
        var ended = await Ended(id);
        Assert.Equal((WorkflowStatus.Cancelled, "a:Cancelled b:Cancelled c:Skipped"), (ended.Status, Shown(ended)));
        Assert.Equal(WorkflowStatus.Cancelled, (await Node.Workflow(id).Cancel(Alice, Patience.Token)).Value!.Status);
    }

    [Fact]
    public async Task Steps_BeyondWhatMayRunAtATime_WaitForTheOthers()
    {
        await Node.Start();
        var id = await Submit(Graph(Step("a"), Step("b"), Step("c")) with { MaxParallel = 1 });
        foreach (var step in new[] { "a", "b", "c" })
        {
            var (_, exec) = await Next();
            Assert.Equal((step, 1), (exec.Code, (await View(id)).Counts["running"]));
            exec.Exit();
        }

        Assert.Equal(WorkflowStatus.Succeeded, (await Ended(id)).Status);
    }

    [Fact]
    public async Task Step_ThatNamesWhatIsNotThere_FailsWithoutRunning()
    {
        await Node.Start();
        var id = await Submit(Graph(Step("a"), Step("b", "a") with { Job = Job with { Stdin = "${steps.a.result}" } }));
        (await Next()).Exec.Exit();
        var ended = await Ended(id);
        var step = StepOf(ended, "b");
        Assert.Equal((WorkflowStepStatus.Failed, WorkflowCauses.ValueMissing, "There is no steps.a.result."), (step.Status, step.Cause, step.Detail));
    }

    [Fact]
    public async Task Step_WhoseValuesAreTooLong_FailsWithoutRunning()
    {
        await Node.Start();
        var id = await Submit(Graph(Step("a"), Step("b", "a") with { Job = Job with { Stdin = string.Concat(Enumerable.Repeat("${steps.a.stdout}", 9)) } }));
        var (_, exec) = await Next();
        exec.Print(new string('x', 1 << 20));
        exec.Exit();
        var step = StepOf(await Ended(id), "b");
        Assert.Equal((WorkflowStepStatus.Failed, WorkflowCauses.InputTooLarge), (step.Status, step.Cause));
    }

    [Fact]
    public async Task Condition_OnTheMemorysFirstValues_IsJudgedByThem()
    {
        await Node.Start();
        var id = await Submit(Graph(Step("a") with { When = "memory.mode == 'full'" }, Step("b") with { When = "memory.mode == 'none'" })
            with { Memory = new Dictionary<string, string> { ["mode"] = "\"full\"" } });
        (await Next()).Exec.Exit();
        Assert.Equal("a:Succeeded b:Skipped", Shown(await Ended(id)));
    }

    [Fact]
    public async Task Condition_ThatNobodyAnswers_HoldsUpNoCancellation_AndIsAskedAgain()
    {
        await Node.Start();
        Node.Memory.IsAway = true;
        var (waits, stops) = (await Submit(Waiting()), await Submit(Waiting()));
        (await Next()).Exec.Exit();
        (await Next()).Exec.Exit();

        var cancelled = Node.Workflow(stops).Cancel(Alice, Patience.Token);
        await Passing(cancelled, stops);
        Assert.Equal("a:Succeeded b:Skipped", Shown(await Ended(stops)));
        Node.Memory.IsAway = false;
        var ended = Ended(waits);
        await Passing(ended, waits);
        // Nothing is in the memory that this test plays.
        Assert.Equal((WorkflowStatus.Succeeded, "a:Succeeded b:Skipped"), ((await ended).Status, Shown(await ended)));

        static WorkflowSpec Waiting() => Graph(Step("a"), Step("b", "a") with { When = "memory.k == 1" }) with { TimeoutSeconds = 600_000 };
    }

    // Lets time pass, at the pace at which a workflow answers, until something has happened.
    private async Task Passing(Task what, WorkflowId id)
    {
        while (!what.IsCompleted)
        {
            Patience.Token.ThrowIfCancellationRequested();
            Node.Time.Advance(TimeSpan.FromSeconds(1));
            await View(id);
        }

        await what;
    }

    [Fact]
    public async Task Events_AreTheSameWheneverTheyAreRead()
    {
        await Node.Start();
        var id = await Submit(Graph(Step("a"), Step("b", "a")));
        (await Next()).Exec.Exit();
        (await Next()).Exec.Exit();
        await Ended(id);
        var all = await Events(id);
        Assert.Equal(["status", "step", "step", "step", "step", "end"], all.Select(entry => entry.Kind));
        Assert.Equal(Enumerable.Range(1, 6).Select(number => (long)number), all.Select(entry => entry.Id));
        Assert.Contains("\"step\":\"a\",\"status\":\"running\"", Text(all[1]), StringComparison.Ordinal);
        Assert.Equal(all.Skip(3).Select(Text), (await Events(id, after: 3)).Select(Text));
        Assert.Equal(
            ["workflow.submitted", "workflow.step_started", "workflow.step_ended", "workflow.step_started", "workflow.step_ended", "workflow.ended"],
            Node.Audit.Events.Where(entry => entry.Resource.Id == id.ToString()).Select(entry => entry.Action));
    }

    [Fact]
    public async Task Submit_AgainWithItsKey_IsAnsweredWithTheSame()
    {
        await Node.Start();
        var id = await Submit(Graph(Step("a")));
        var again = await Node.Workflow(id).Submit(Alice, Graph(Step("a")), "fingerprint", Patience.Token);
        var other = await Node.Workflow(id).Submit(Alice, Graph(Step("b")), "another", Patience.Token);
        var foreign = await Node.Workflow(id).Submit(Stranger, Graph(Step("a")), "fingerprint", Patience.Token);
        Assert.True(again.Value!.Replayed);
        Assert.Equal((RefusalCodes.IdempotencyKeyReused, RefusalCodes.NotFound), (other.Refusal!.Code, foreign.Refusal!.Code));
        Assert.Equal(RefusalCodes.NotFound, (await Node.Workflow(id).Get(Stranger, TimeSpan.Zero, Patience.Token)).Refusal!.Code);
        Assert.Equal(RefusalCodes.WorkflowNotEnded, (await Node.Workflow(id).Delete(Alice, Patience.Token)).Refusal!.Code);
        (await Next()).Exec.Exit();
        await Ended(id);
        Assert.Null((await Node.Workflow(id).Delete(Alice, Patience.Token)).Refusal);
        Assert.Equal(RefusalCodes.NotFound, (await Node.Workflow(id).Get(Alice, TimeSpan.Zero, Patience.Token)).Refusal!.Code);
        Assert.Empty(Node.States.Workflows);
    }

    [Fact]
    public async Task Submit_OfAnAuditor_OrOfMoreThanThereMayBe_IsRefused()
    {
        Node.Settings["Sandbox:Workflows:MaxOpen"] = "1";
        await Node.Start();
        var auditor = await Node.Workflow(WorkflowId.New()).Submit(Alice with { Role = Roles.Auditor }, Graph(Step("a")), "f", Patience.Token);
        Assert.Equal((RefusalCodes.PolicyDenied, "role"), (auditor.Refusal!.Code, auditor.Refusal.Rule));
        var id = await Submit(Graph(Step("a")));
        var second = await Refused(Graph(Step("a")));
        Assert.Equal((RefusalCodes.QuotaExceeded, "workflows"), (second.Code, second.Quota!.Quota));
        (await Next()).Exec.Exit();
        await Ended(id);
    }

    [Fact]
    public async Task Submit_OfAStepThatPolicyForbids_NamesTheStep()
    {
        await Node.Start();
        var refusal = await Refused(Graph(Step("a"), Step("big") with { Job = Job with { Secrets = ["NONE"] } }));
        Assert.Equal((RefusalCodes.PolicyDenied, "steps[1].job.secrets[0]"), (refusal.Code, refusal.Field));
        Assert.StartsWith("Step 'big': ", refusal.Detail, StringComparison.Ordinal);
    }
}
