using Sandbox.Api.E2b.Routing;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Tests.E2b;

public sealed class SandboxTargetTests
{
    private static readonly string Name = SandboxName.Of(SessionId.New().ToString());

    [Fact]
    public void OfHost_OfAPortAndASandbox_IsThese() =>
        Assert.Equal(new SandboxTarget(Name, 3000) { IsByHost = true }, SandboxTarget.OfHost($"3000-{Name.ToUpperInvariant()}.sbx.example.com", "sbx.example.com"));

    [Theory]
    [InlineData("3000-{0}.example.com", "sbx.example.com")]
    [InlineData("3000-{0}.localhost", null)]
    [InlineData("{0}.localhost", "localhost")]
    [InlineData("-{0}.localhost", "localhost")]
    [InlineData("0-{0}.localhost", "localhost")]
    [InlineData("65536-{0}.localhost", "localhost")]
    [InlineData("3000-ses_{0}.localhost", "localhost")]
    [InlineData("3000-x{0}.localhost", "localhost")]
    public void OfHost_OfAnythingElse_IsNone(string host, string? domain) => Assert.Null(SandboxTarget.OfHost(host.Replace("{0}", Name, StringComparison.Ordinal), domain));

    [Theory]
    [InlineData("envd.acme.00", "envd", "acme")]
    [InlineData("envd.acme.00", "traffic", null)]
    [InlineData("envd.acme", "envd", null)]
    [InlineData("envd.a.b.c", "envd", null)]
    public void TenantOf_OfAToken_IsTheOneOfItsUse(string text, string use, string? tenant) => Assert.Equal(tenant, SandboxToken.TenantOf(use, text));
}
