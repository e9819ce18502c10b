using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Sessions.Steps;
using Xunit;

namespace Sandbox.Grains.Tests.Sessions.Steps;

/// <summary>What a step that ends with its session says.</summary>
public sealed class StepEndsTests
{
    [Theory]
    [InlineData(SessionEndCauses.SandboxLost, "node_lost")]
    [InlineData(SessionEndCauses.OutOfMemory, "out_of_memory")]
    [InlineData(SessionEndCauses.Ttl, "session_ended")]
    [InlineData(SessionEndCauses.Idle, "session_ended")]
    [InlineData(SessionEndCauses.Requested, "session_ended")]
    public void CauseOf_EachEndOfASession_TellsWhy(string session, string step) => Assert.Equal(step, StepEnds.CauseOf(session));
}
