using Sandbox.Api.Dashboard.Sessions;

namespace Sandbox.Api.Tests.Dashboard;

public sealed class StepErrorTests
{
    [Theory]
    [InlineData("""{"name": "E", "value": "v", "traceback": ["one\n", "two"]}""", "one\ntwo")]
    [InlineData("""{"name": "E", "value": "v", "traceback": []}""", "E: v")]
    [InlineData("""{"name": "E", "value": "v", "traceback": 7}""", "E: v")]
    [InlineData("""{"name": 1}""", ": ")]
    [InlineData("no JSON", "\"no JSON\"")]
    public void Of_WhateverTheSandboxWrote_IsText(string error, string text) => Assert.Equal(text, StepError.Of(error));
}
