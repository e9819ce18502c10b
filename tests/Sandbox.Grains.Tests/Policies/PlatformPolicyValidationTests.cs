using Microsoft.Extensions.Options;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Tests.Policies;

public sealed class PlatformPolicyValidationTests
{
    public static TheoryData<PlatformPolicyOptions, string> Wrong => new()
    {
        { new() { Languages = [" "] }, "Languages" },
        { new() { Templates = [""] }, "Templates" },
        { new() { Isolation = ["Strong"] }, "Isolation" },
        { new() { Limits = new() { Cpu = double.NaN } }, "Limits:Cpu" },
        { new() { Limits = new() { MemoryBytes = 1 } }, "Limits:MemoryBytes" },
        { new() { Limits = new() { DiskBytes = 1 } }, "Limits:DiskBytes" },
        { new() { Limits = new() { Processes = 0 } }, "Limits:Processes" },
        { new() { Limits = new() { WallSeconds = -1 } }, "Limits:WallSeconds" },
        { new() { Limits = new() { OutputBytes = 0 } }, "Limits:OutputBytes" },
        { new() { MaxTtlSeconds = 0 }, "MaxTtlSeconds" },
    };

    [Fact]
    public void Validate_NoBounds_Succeeds() => Assert.True(Validate(new PlatformPolicyOptions()).Succeeded);

    [Theory, MemberData(nameof(Wrong))]
    public void Validate_WrongMember_NamesIt(PlatformPolicyOptions options, string member) =>
        Assert.StartsWith($"Sandbox:Policies:Platform:{member}:", Assert.Single(Validate(options).Failures!), StringComparison.Ordinal);

    private static ValidateOptionsResult Validate(PlatformPolicyOptions options) =>
        new PlatformPolicyValidation(Options.Create(new JobOptions())).Validate(null, options);
}
