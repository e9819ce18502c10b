using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Workflows;
using static Sandbox.Grains.Tests.Workflows.Graphs;

namespace Sandbox.Grains.Tests.Workflows;

public sealed class WorkflowGraphTests
{
    [Fact]
    public void Graph_OfStepsThatFollowOneAnother_HasNoFaults()
    {
        var last = Step("d", "c") with { When = "steps.a.exitCode == 0", Job = Job with { Code = "${steps.a.stdout} ${memory.k}" } };
        Assert.Empty(WorkflowGraph.Of(Graph(Step("a"), Step("b", "a"), Step("c", "a", "b"), last)).Faults);
    }

    [Fact]
    public void Graph_OfAThousandStepsInARow_IsRead()
    {
        var steps = Enumerable.Range(0, 1000).Select(index => index == 0 ? Step("s0") : Step($"s{index}", $"s{index - 1}")).ToArray();
        steps[999] = steps[999] with { When = "steps.s0.exitCode == 0" };
        Assert.Empty(WorkflowGraph.Of(Graph(steps)).Faults);
    }

    [Theory]
    [InlineData("twice", "steps[1].id", "'a' is the id of an earlier step too.")]
    [InlineData("name", "steps[0].id", "Must be 1 to 64 characters")]
    [InlineData("unknown", "steps[0].dependsOn[0]", "Step 'a': there is no step 'x'")]
    [InlineData("itself", "steps[0].dependsOn[0]", "Step 'a': a step cannot depend on itself.")]
    [InlineData("same", "steps[1].dependsOn[1]", "Step 'b': 'a' is named twice.")]
    [InlineData("cycle", "steps[0].dependsOn", "Step 'a': it depends on itself: a → c → b → a.")]
    [InlineData("session", "steps[0].session", "Step 'a': there is no session 's'")]
    [InlineData("text", "steps[1].job.code", "Step 'b': it names steps.a.stdout without depending on 'a'.")]
    [InlineData("when", "steps[0].when", "Step 'a': there is no step 'x'")]
    [InlineData("member", "steps[1].job.stdin", "Step 'b': 'steps.a.secret' names nothing that there is")]
    [InlineData("open", "steps[1].job.args[0]", "Step 'b': A value is named by ${ and has no } behind it.")]
    [InlineData("file", "steps[1].job.files[0].content", "Step 'b': it names steps.a.result.x without depending on 'a'.")]
    [InlineData("artifact", "steps[1].job.files[0].artifact", "Step 'b': of an artifact there can only be ${steps.ID.artifacts.NAME}")]
    [InlineData("env", "steps[1].job.env.E", "Step 'b': 'memory.a b' is not memory.KEY")]
    [InlineData("condition", "steps[0].when", "Step 'a': 'rm' is not expected")]
    public void Graph_WithAFault_NamesTheMemberAndTheStep(string which, string field, string detail)
    {
        var spec = which switch
        {
            "twice" => Graph(Step("a"), Step("a")),
            "name" => Graph(Step("a b")),
            "unknown" => Graph(Step("a", "x")),
            "itself" => Graph(Step("a", "a")),
            "same" => Graph(Step("a"), Step("b", "a", "a")),
            "cycle" => Graph(Step("a", "c"), Step("b", "a"), Step("c", "b"), Step("d", "c")),
            "session" => Graph(Step("a") with { Job = null, Session = new WorkflowSessionStep("s", new("1", null, null, "default", new Dictionary<string, string>(), null, null)) }),
            "text" => Graph(Step("a"), Changed(job => job with { Code = "${steps.a.stdout}" })),
            "when" => Graph(Step("a") with { When = "steps.x.exitCode == 0" }),
            "member" => Graph(Step("a"), Changed(job => job with { Stdin = "${steps.a.secret}" }, "a")),
            "open" => Graph(Step("a"), Changed(job => job with { Args = ["${steps.a.stdout"] }, "a")),
            "file" => Graph(Step("a"), Changed(job => job with { Files = [new JobFile("f", "${steps.a.result.x}"u8.ToArray())] })),
            "artifact" => Graph(Step("a"), Changed(job => job with { Files = [new JobFile("f", [], "x${steps.a.artifacts.out.csv}")] }, "a")),
            "env" => Graph(Step("a"), Changed(job => job with { Env = new Dictionary<string, string> { ["E"] = "${memory.a b}" } })),
            _ => Graph(Step("a") with { When = "rm == 1" }),
        };
        var fault = WorkflowGraph.Of(spec).Faults[0];
        Assert.Equal(field, fault.Field);
        Assert.StartsWith(detail, fault.Detail, StringComparison.Ordinal);
    }

    private static WorkflowStepSpec Changed(Func<JobSpec, JobSpec> change, params string[] dependsOn) =>
        Step("b", dependsOn) with { Job = change(Job) };
}
