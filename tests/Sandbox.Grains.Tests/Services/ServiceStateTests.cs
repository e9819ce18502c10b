using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Services;
using Sandbox.Grains.Sessions;

namespace Sandbox.Grains.Tests.Services;

public sealed class ServiceStateTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ServiceAttemptEnd Exit = new(ServiceCauses.Exited, 1);

    private static ServiceState Fresh
    {
        get
        {
            var spec = SessionState.NoSpec with { TtlSeconds = 60 };
            var session = SessionState.Create(ServiceId.New().Session, "tenant", "alice", spec, "f", new EffectivePermit(), "node", "sandbox", Start);
            return new ServiceState
            {
                Id = ServiceId.New().ToString(),
                Spec = new ServiceSpec(spec, ["serve"], null, null, 8000, new ServiceHealth(null, 10, 5, 60), 3, []),
                Session = session,
                Tokens = [new StoredToken(new ServiceToken("tok", "alice", Start, DateTimeOffset.MaxValue), "hash")],
            };
        }
    }

    public static TheoryData<string, string?, ServiceStatus> Ends => new()
    {
        { SessionEndCauses.Ttl, null, ServiceStatus.Stopped },
        { SessionEndCauses.Requested, null, ServiceStatus.Stopped },
        { SessionEndCauses.Requested, ServiceCauses.Policy, ServiceStatus.Stopped },
        { SessionEndCauses.Requested, ServiceCauses.Exited, ServiceStatus.Failed },
        { SessionEndCauses.Requested, ServiceCauses.Unhealthy, ServiceStatus.Failed },
        { SessionEndCauses.OutOfMemory, null, ServiceStatus.Failed },
        { SessionEndCauses.SandboxLost, null, ServiceStatus.Failed },
    };

    [Fact]
    public void Life_OfAnAttempt_IsStartedReadyAndTriedAgain()
    {
        var running = Fresh.Begin(Start).Ready(Start.AddSeconds(1));
        var again = running.Retry(Exit, Start.AddSeconds(2));
        var second = again.Begin(Start.AddSeconds(3));

        Assert.Equal((ServiceStatus.Running, 1, Start.AddSeconds(1)), (running.Status, running.Attempts, running.ReadyAt));
        Assert.Equal((ServiceStatus.Starting, 1, Start.AddSeconds(3), Exit), (again.Status, again.Failures, again.RestartAt, again.LastAttempt));
        Assert.Equal((2, null, null), (second.Attempts, second.RestartAt, second.ReadyAt));
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void Session_ThatEnds_EndsTheServiceInTheSameState(string cause, string? own, ServiceStatus status)
    {
        var ended = Fresh.Begin(Start).Follow(Fresh.Session.End(cause, Start), own, null, Start.AddSeconds(5));

        Assert.Equal((status, Start.AddSeconds(5)), (ended.Status, ended.EndedAt));
        Assert.True(ended.Ended && ended.Session.Ended);
        Assert.Single(ended.Tokens);
        Assert.Equal((null, default), (ended.ToRow().SandboxId, ended.ToRow().Share));
    }

    [Fact]
    public void Service_ThatIsOver_RefusesEveryChange()
    {
        var over = Fresh.Follow(Fresh.Session.End(SessionEndCauses.Requested, Start), null, null, Start);

        Assert.Throws<InvalidOperationException>(() => over.Begin(Start));
        Assert.Throws<InvalidOperationException>(() => over.Ready(Start));
        Assert.Throws<InvalidOperationException>(() => over.Retry(Exit, Start));
        Assert.Same(over.Cause, over.Follow(over.Session, ServiceCauses.Policy, null, Start.AddDays(1)).Cause);
    }

    [Fact]
    public void Service_ThatDoesNotRun_CannotBeReadyTwice() =>
        Assert.Throws<InvalidOperationException>(() => Fresh.Begin(Start).Ready(Start).Ready(Start));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(7, 60)]
    [InlineData(2000, 60)]
    public void Pause_AfterFailures_DoublesWithinBounds(int failures, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), ServiceClock.PauseAfter(failures));

    [Fact]
    public void Failures_AreForgottenOnceItHasAnsweredForLong()
    {
        var running = (Fresh with { Failures = 2 }).Begin(Start).Ready(Start);

        Assert.False(ServiceClock.MayRetry(running, Start + ServiceClock.Stable - TimeSpan.FromSeconds(1)));
        Assert.True(ServiceClock.MayRetry(running, Start + ServiceClock.Stable));
        Assert.Equal(1, ServiceClock.FailuresAfter(running, Start + ServiceClock.Stable));
    }

    [Fact]
    public void Attempt_IsLateWhenItsTimeToStartIsOver()
    {
        var starting = Fresh.Begin(Start);
        Assert.Equal((false, true), (ServiceClock.IsLate(starting, Start.AddSeconds(59)), ServiceClock.IsLate(starting, Start.AddSeconds(60))));
    }

    [Fact]
    public void Look_IsQuickAtFirst_AndSlowWhenItAnswers()
    {
        var starting = Fresh.Begin(Start);
        Assert.Equal([25, 50, 100, 1000], new[] { 0, 1, 2, 50 }.Select(looks => ServiceClock.NextLook(starting, looks).TotalMilliseconds));
        Assert.Equal(TimeSpan.FromSeconds(10), ServiceClock.NextLook(starting.Ready(Start), 0));
    }

    [Fact]
    public void Audit_FollowsFromTheStates()
    {
        var (made, begun) = (Fresh, Fresh.Begin(Start));
        static string[] Actions(ServiceState before, ServiceState next) => [.. ServiceAudit.Between(before, next).Select(entry => entry.Action)];

        Assert.Equal(["service.created"], Actions(new ServiceState(), made));
        Assert.Equal(["service.started"], Actions(made, begun));
        Assert.Equal(["service.running"], Actions(begun, begun.Ready(Start)));
        Assert.Equal(["service.restarting"], Actions(begun, begun.Retry(Exit, Start)));
        Assert.Equal(["service.started"], Actions(begun.Retry(Exit, Start), begun.Retry(Exit, Start).Begin(Start)));
        Assert.Equal(["service.taken_up"], Actions(begun, begun with { Session = begun.Session.TakeUp() }));
        Assert.Equal(["service.ended"], Actions(begun, begun.Follow(begun.Session.End(SessionEndCauses.Ttl, Start), null, null, Start)));
    }
}
