using Sandbox.Grains.Policies.Opa;

namespace Sandbox.Grains.Tests.Policies.Opa;

public sealed class OpaPathTests
{
    [Theory]
    [InlineData("allow")]
    [InlineData("sandbox/admit_1/is-allowed")]
    public void IsValid_Names_Are(string path) => Assert.True(OpaPath.IsValid(path));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("..")]
    [InlineData("a/../../policies")]
    [InlineData("a?pretty")]
    [InlineData("a#b")]
    [InlineData("a%2f")]
    [InlineData("http://elsewhere")]
    [InlineData("a\n")]
    [InlineData("ä")]
    public void IsValid_WhatCouldLeadElsewhere_IsNot(string? path) => Assert.False(OpaPath.IsValid(path));
}
