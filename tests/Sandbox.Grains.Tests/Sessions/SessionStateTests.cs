using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Sessions.Forks;

namespace Sandbox.Grains.Tests.Sessions;

public sealed class SessionStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly SessionSpec Spec = new(
        "python", null, IsolationClasses.Standard, new ResourceLimits(1, 1, 1, 1, 1, 1), 60, 10, IdleActions.End,
        new Dictionary<string, string>(), new Dictionary<string, string>());

    public static TheoryData<string, SessionStatus> Causes => new()
    {
        { SessionEndCauses.Ttl, SessionStatus.Expired },
        { SessionEndCauses.Idle, SessionStatus.Expired },
        { SessionEndCauses.Requested, SessionStatus.Terminated },
        { SessionEndCauses.SandboxLost, SessionStatus.Failed },
        { SessionEndCauses.OutOfMemory, SessionStatus.Failed },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public void End_OfALiveOne_HasTheStatusOfItsCause(string cause, SessionStatus status)
    {
        foreach (var live in new[] { Ready(), Ready().Pause() })
        {
            var ended = live.End(cause, Now);
            Assert.Equal((status, cause, Now), (ended.Status, ended.Cause, ended.EndedAt));
            Assert.True(ended.Ended);
            Assert.Null(ended.ToRow().SandboxId);
        }
    }

    [Theory]
    [MemberData(nameof(Causes))]
    public void EveryTransition_AfterTheEnd_IsRefused(string cause, SessionStatus status)
    {
        var ended = Ready().End(cause, Now);

        Action[] refused = [() => ended.Pause(), () => ended.Resume(), () => ended.End(SessionEndCauses.Requested, Now)];

        Assert.All(refused, act => Assert.Contains(status.ToString(), Assert.Throws<InvalidOperationException>(act).Message));
    }

    [Fact]
    public void Pause_OfAPausedOne_AndResumeOfAReadyOne_AreRefused()
    {
        Assert.Throws<InvalidOperationException>(() => Ready().Resume());
        Assert.Throws<InvalidOperationException>(() => Ready().Pause().Pause());
        Assert.Equal(SessionStatus.Ready, Ready().Pause().Resume().Status);
    }

    [Fact]
    public void PausedToDisk_HasNoSandboxUntilItWakes()
    {
        foreach (var live in new[] { Ready(), Ready().Pause() })
        {
            var suspended = live.Suspend("art_1", 7);
            Assert.Equal((SessionStatus.Paused, string.Empty, PausePlaces.Disk, 7L), (suspended.Status, suspended.SandboxId, suspended.View(false, 7).PausedTo, suspended.Steps));
            Assert.Null(suspended.ToRow().SandboxId);
            Assert.Throws<InvalidOperationException>(() => suspended.Suspend("art_2", 7));
            Assert.Throws<InvalidOperationException>(() => suspended.Resume());
            Assert.Throws<InvalidOperationException>(() => suspended.Pause());
            var awake = suspended.Wake("other");
            Assert.Equal((SessionStatus.Ready, "other", null), (awake.Status, awake.SandboxId, awake.Image));
            Assert.Throws<InvalidOperationException>(() => awake.Wake("third"));
            Assert.False(suspended.End(SessionEndCauses.Ttl, Now).Suspended);
        }

        Assert.Throws<InvalidOperationException>(() => Ready().Pause().Wake("other"));
        Assert.Equal(PausePlaces.Memory, Ready().Pause().View(false, 0).PausedTo);
        Assert.Throws<InvalidOperationException>(() => Ready().End(SessionEndCauses.Ttl, Now).Suspend("art_1", 0));
    }

    [Fact]
    public void Forks_ThatAreBeingMade_ArePartOfTheState()
    {
        var fork = new PendingFork("f", ["ses_1"]);

        Assert.Equal(fork, Assert.Single(Ready().BeginFork(fork).Forks));
        Assert.Empty(Ready().BeginFork(fork).EndFork(fork).Forks);
    }

    [Fact]
    public void Change_OfPartOfIt_LeavesTheRest()
    {
        var later = Now.AddSeconds(30);
        Assert.Equal(later.AddSeconds(5), Ready().Change(new SessionChange(5, null, null), later).ExpiresAt);
        Assert.Equal(Ready().ExpiresAt, Ready().Change(new SessionChange(null, 3, null), later).ExpiresAt);
        Assert.Equal(3, Ready().Change(new SessionChange(null, 3, null), later).Spec.IdleSeconds);
        Assert.Null(Ready().Change(new SessionChange(null, 0, null), later).Spec.IdleSeconds);
        Assert.Equal(10, Ready().Change(new SessionChange(5, null, null), later).Spec.IdleSeconds);
    }

    [Fact]
    public void Change_OfAllLabels_KeepsThoseByWhichADoorFindsTheSession()
    {
        const string reserved = SessionSpec.ReservedLabels + "identifier";
        var found = Ready().Change(new SessionChange(null, null, null, new Dictionary<string, string?> { [reserved] = "chat", ["old"] = "1" }), Now);

        var changed = found.Change(new SessionChange(null, null, new Dictionary<string, string> { ["new"] = "2" }), Now);

        Assert.Equal(new Dictionary<string, string> { [reserved] = "chat", ["new"] = "2" }, changed.Spec.Metadata);
    }

    [Fact]
    public void Change_OfSomeLabels_SetsAndRemovesThoseAlone()
    {
        var labelled = Ready().Change(new SessionChange(null, null, new Dictionary<string, string> { ["kept"] = "1", ["old"] = "2", ["gone"] = "3" }), Now);

        var changed = labelled.Change(new SessionChange(null, null, null, new Dictionary<string, string?> { ["old"] = "4", ["new"] = "5", ["gone"] = null, ["never"] = null }), Now);

        Assert.Equal(
            new Dictionary<string, string> { ["kept"] = "1", ["old"] = "4", ["new"] = "5" }, changed.Spec.Metadata);
    }

    [Fact]
    public void View_WhileStepsRun_IsBusyUnlessItIsPausedOrOver()
    {
        Assert.Equal(SessionStatus.Busy, Ready().View(busy: true, 1).Status);
        Assert.Equal(SessionStatus.Paused, Ready().Pause().View(busy: true, 1).Status);
        Assert.Equal(SessionStatus.Terminated, Ready().End(SessionEndCauses.Requested, Now).View(busy: true, 1).Status);
        Assert.Equal(SessionStatus.Ready, Ready().ToRow().View.Status);
    }

    [Theory]
    [InlineData(59, false, "Nothing")]
    [InlineData(60, false, "Expire")]
    [InlineData(60, true, "Expire")]
    public void Clock_AtTheTimeToLive_ExpiresWhateverItDoes(int seconds, bool busy, string due) =>
        Assert.Equal(due, SessionClock.DueAt(Ready(), Now.AddSeconds(55), busy, Now.AddSeconds(seconds)).ToString());

    [Theory]
    [InlineData(9, false, "Nothing")]
    [InlineData(10, false, "ExpireIdle")]
    [InlineData(10, true, "Nothing")]
    public void Clock_WithoutWork_ExpiresOnlyWhenNoStepRuns(int seconds, bool busy, string due) =>
        Assert.Equal(due, SessionClock.DueAt(Ready(), Now, busy, Now.AddSeconds(seconds)).ToString());

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 10)]
    [InlineData(55, 5)]
    public void Clock_WhileItWorks_LooksAgainBeforeItCanHaveBeenIdle(int seconds, int wait) =>
        Assert.Equal(TimeSpan.FromSeconds(wait), SessionClock.UntilDue(Ready(), Now, busy: true, Now.AddSeconds(seconds)));

    [Fact]
    public void Clock_WhereAsked_SuspendsAndThenWaitsForTheTimeToLive()
    {
        var suspending = Ready() with { Spec = Spec with { OnIdle = IdleActions.Suspend } };
        Assert.Equal(SessionDue.Suspend, SessionClock.DueAt(suspending, Now, busy: false, Now.AddSeconds(10)));
        Assert.Equal(SessionDue.Nothing, SessionClock.DueAt(suspending, Now, busy: true, Now.AddSeconds(10)));
        Assert.Equal(TimeSpan.FromSeconds(30), SessionClock.UntilDue(suspending.Suspend("art_1", 0), Now, busy: false, Now.AddSeconds(30)));
    }

    [Fact]
    public void Clock_WhereAsked_PausesAndThenWaitsForTheTimeToLive()
    {
        var pausing = Ready() with { Spec = Spec with { OnIdle = IdleActions.Pause } };
        Assert.Equal(SessionDue.Pause, SessionClock.DueAt(pausing, Now, busy: false, Now.AddSeconds(10)));
        Assert.Equal(SessionDue.Nothing, SessionClock.DueAt(pausing.Pause(), Now, busy: false, Now.AddSeconds(30)));
        Assert.Equal(TimeSpan.FromSeconds(30), SessionClock.UntilDue(pausing.Pause(), Now, busy: false, Now.AddSeconds(30)));
        Assert.Equal(TimeSpan.FromSeconds(10), SessionClock.UntilDue(pausing, Now, busy: false, Now));
        Assert.Equal(TimeSpan.Zero, SessionClock.UntilDue(pausing, Now, busy: false, Now.AddHours(1)));
        Assert.Equal(TimeSpan.FromSeconds(10), SessionClock.UntilDue(pausing, Now, busy: true, Now.AddSeconds(15)));
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(90, 60)]
    [InlineData(null, 60)]
    public void Renew_TimeToLive_OnlyEverComesSooner(int? most, int seconds) => Assert.Equal(
        Now.AddSeconds(seconds), Ready().Renew(new EffectivePermit { MaxTtlSeconds = most }, Now).ExpiresAt);

    [Theory]
    [InlineData(10.0, 5.0, 5.0)]
    [InlineData(10.0, 20.0, 10.0)]
    [InlineData(10.0, null, 10.0)]
    [InlineData(null, 5.0, 5.0)]
    [InlineData(null, null, null)]
    public void Renew_IdleSeconds_AreAtMostWhatIsAllowed(double? idle, double? most, double? expected)
    {
        var session = Ready() with { Spec = Spec with { IdleSeconds = idle } };
        Assert.Equal(expected, session.Renew(new EffectivePermit { MaxIdleSeconds = most }, Now).Spec.IdleSeconds);
    }

    [Fact]
    public void Renew_Limits_LowersThoseOfSteps_AndLeavesTheSandboxesAlone()
    {
        var most = new PolicyLimits { Cpu = 0.5, MemoryBytes = 0, DiskBytes = 0, Processes = 0, WallSeconds = 0.5, OutputBytes = 0 };

        var renewed = Ready().Renew(new EffectivePermit { Version = 7, Limits = most }, Now);

        Assert.Equal(new ResourceLimits(1, 1, 1, 1, 0.5, 0), renewed.Spec.Limits);
        Assert.Equal((7, 7), (renewed.Permit.Version, renewed.Decision.Version));
    }

    [Fact]
    public void Renew_WidenedAgain_GivesBackWhatWasNarrowed()
    {
        var session = Ready() with { Spec = Spec with { IdleSeconds = 10 } };
        var narrow = new EffectivePermit { Version = 1, MaxIdleSeconds = 5, Limits = new PolicyLimits { WallSeconds = 0.5, OutputBytes = 0 } };

        var widened = session.Renew(narrow, Now).Renew(new EffectivePermit { Version = 2 }, Now);
        var changed = session.Renew(narrow, Now).Change(new SessionChange(null, 3, null), Now).Renew(new EffectivePermit { Version = 2 }, Now);

        Assert.Equal((10.0, session.Spec.Limits), (widened.Spec.IdleSeconds, widened.Spec.Limits));
        Assert.Equal(3.0, changed.Spec.IdleSeconds);
    }

    private static SessionState Ready() => SessionState.Create(
        SessionId.New(), "tenant", "alice", Spec, "f", new EffectivePermit(), "node", "sandbox", Now);
}
