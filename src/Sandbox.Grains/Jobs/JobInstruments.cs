using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Sandbox.Grains.Admission;

namespace Sandbox.Grains.Jobs;

/// <summary>Metrics and traces of jobs. Tags are bounded: status, cause, refusal code.</summary>
internal sealed class JobInstruments : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Sandbox.Jobs";

    private readonly ActivitySource _activities = new(Name);
    private readonly Meter _meter;
    private readonly Counter<long> _submitted;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _outOfMemory;
    private readonly Histogram<double> _waited;
    private readonly Histogram<double> _ran;

    public JobInstruments(IMeterFactory meters, NodeAdmission admission)
    {
        _meter = meters.Create(Name);
        _submitted = _meter.CreateCounter<long>("sandbox.jobs.submitted", "{job}", "Jobs accepted.");
        _refused = _meter.CreateCounter<long>("sandbox.jobs.refused", "{job}", "Submissions refused, by code.");
        _ended = _meter.CreateCounter<long>("sandbox.jobs.ended", "{job}", "Jobs ended, by status and cause.");
        _outOfMemory = _meter.CreateCounter<long>("sandbox.jobs.out_of_memory", "{job}", "Jobs ended by their memory limit.");
        _waited = _meter.CreateHistogram<double>("sandbox.jobs.queue.duration", "s", "From acceptance to the last start.");
        _ran = _meter.CreateHistogram<double>("sandbox.jobs.run.duration", "s", "From the last start to the end.");
        _meter.CreateObservableGauge("sandbox.jobs.queued", () => admission.Queued, "{job}", "Jobs that wait for room on this node.");
        _meter.CreateObservableGauge("sandbox.jobs.running", () => admission.Running, "{job}", "Jobs that hold room on this node.");
    }

    /// <summary>Span of an attempt, in the trace of its submission.</summary>
    public Activity? StartRun(JobAssignment assignment) => _activities.StartActivity("job.run", ActivityKind.Internal, assignment.TraceParent)
        ?.SetTag("sandbox.job.id", assignment.Job.ToString())
        .SetTag("sandbox.job.attempt", assignment.Attempt);

    /// <summary>Span from handing the code to the agent to its end.</summary>
    public Activity? StartExec() => _activities.StartActivity("sandbox.exec", ActivityKind.Client);

    public void Submitted(JobState state) => _submitted.Add(1, new KeyValuePair<string, object?>("isolation", state.Isolation));

    public void Refused(string code) => _refused.Add(1, new KeyValuePair<string, object?>("code", code));

    public void Ended(JobState state)
    {
        var cause = state.Outcome?.Cause;
        _ended.Add(1, new("status", JsonSerializer.SerializeToElement(state.Status).GetString()), new("cause", cause ?? "none"));
        if (cause == Abstractions.Jobs.JobCauses.OutOfMemory)
            _outOfMemory.Add(1);
        if (state.LastAttempt is not { } attempt || state.FinishedAt is not { } finished)
            return;
        _waited.Record((attempt.StartedAt - state.CreatedAt).TotalSeconds);
        _ran.Record((finished - attempt.StartedAt).TotalSeconds);
    }

    public void Dispose()
    {
        _activities.Dispose();
        _meter.Dispose();
    }
}
