using Sandbox.Runtime.Oci;
using Sandbox.Runtime.Oci.Checkpoints;

namespace Sandbox.Runtime.Tests.Oci.Checkpoints;

public sealed class MemoryEngineTests
{
    [Theory]
    [InlineData("runsc version 0.0~20221219.0", false)]
    [InlineData("runsc version release-20230501.0", false)]
    [InlineData("runsc version release-20230508.0", true)]
    [InlineData("runsc version release-20260817.0-12-gabcdef", true)]
    [InlineData("runsc version VERSION_MISSING", false)]
    public void SavesTcpWaits_FollowsFromTheRelease(string version, bool saves) =>
        Assert.Equal(saves, new MemoryEngine(new OciEngine("runsc", IsolationClass.Strong, ["runsc"], "/run"), version).SavesTcpWaits);
}
