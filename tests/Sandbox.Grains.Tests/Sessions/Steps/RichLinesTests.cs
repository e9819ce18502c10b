using System.Text;
using Sandbox.Grains.Sessions.Steps;
using Xunit;

namespace Sandbox.Grains.Tests.Sessions.Steps;

/// <summary>What a kernel, that is the code itself, says about rich output.</summary>
public sealed class RichLinesTests
{
    [Fact]
    public void Add_ContentNestedTooDeep_IsToldAsText()
    {
        var deep = new string('[', 100) + new string(']', 100);
        Assert.Equal([("result", $$"""{"text/plain":"x","application/json":"{{deep}}"}""")], Lines($$$"""{"type":"result","data":{"text/plain":"x","application/json":{{{deep}}}}}"""));
    }

    [Fact]
    public void Add_HalfACharacter_LosesNothingElse()
    {
        Assert.Equal([("display", """{"text/plain":"a\uFFFD"}""")], Lines("{\"type\":\"display\",\"data\":{\"text/plain\":\"a\\ud83d\"}}"));
        Assert.Equal([("error", """{"name":"Error","value":"\uFFFD","traceback":["at \uFFFD"]}""")], Lines("{\"type\":\"error\",\"name\":\"Error\",\"value\":\"\\ud800\",\"traceback\":[\"at \\ud800\",1]}"));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("""{"type":"result"}""")]
    [InlineData("""{"type":1,"data":{}}""")]
    [InlineData("""{"type":"other","data":{}}""")]
    [InlineData("""{"type":"error","value":"x"}""")]
    public void Add_WhatHasNotTheForm_IsPassedOver(string line) => Assert.Empty(Lines(line));

    [Fact]
    public void Add_InPieces_IsPutTogether()
    {
        var lines = new RichLines();
        Assert.Empty(lines.Add("{\"type\":\"result\",\"da"u8.ToArray()));
        Assert.Single(lines.Add("ta\":{}}\n{\"ty"u8.ToArray()));
    }

    private static IEnumerable<(string, string)> Lines(string line) =>
        new RichLines().Add(Encoding.UTF8.GetBytes(line + "\n")).Select(found => (found.Kind, Encoding.UTF8.GetString(found.Data)));
}
