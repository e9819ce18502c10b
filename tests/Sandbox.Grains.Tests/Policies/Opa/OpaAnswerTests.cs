using System.Text;
using Sandbox.Grains.Policies.Opa;

namespace Sandbox.Grains.Tests.Policies.Opa;

public sealed class OpaAnswerTests
{
    [Theory]
    [InlineData("""{"result": true}""")]
    [InlineData("""{"result": {"allow": true}}""")]
    [InlineData("""{"result": {"allow": true, "reason": "said beside", "more": [1]}, "decision_id": "x"}""")]
    public void Read_Yes_Allows(string body) => Assert.Equal(new OpaAnswer(true, null), Read(body));

    [Theory]
    [InlineData("""{"result": false}""", "does not allow")]
    [InlineData("""{"result": {"allow": false}}""", "does not allow")]
    [InlineData("""{"result": {"allow": false, "reason": ""}}""", "does not allow")]
    [InlineData("""{"result": {"allow": false, "reason": 7}}""", "does not allow")]
    [InlineData("""{"result": {"allow": false, "reason": "Not on\na Sunday."}}""", "Not on a Sunday.")]
    [InlineData("{}", "no decision")]
    [InlineData("""{"result": null}""", "neither yes nor no")]
    [InlineData("""{"result": 1}""", "neither yes nor no")]
    [InlineData("""{"result": "true"}""", "neither yes nor no")]
    [InlineData("""{"result": [true]}""", "neither yes nor no")]
    [InlineData("""{"result": {}}""", "neither yes nor no")]
    [InlineData("""{"result": {"allow": "true"}}""", "neither yes nor no")]
    [InlineData("""{"result": {"Allow": true}}""", "neither yes nor no")]
    [InlineData("[true]", "no decision")]
    [InlineData("true", "no decision")]
    [InlineData("""{"result": true""", "JSON")]
    [InlineData("""{"result": true} trailing""", "JSON")]
    [InlineData("""{"result": false, "result": true}""", "JSON")]
    [InlineData("""{"result": {"allow": false, "allow": true}}""", "JSON")]
    [InlineData("{\"result\": {\"allow\": false, \"reason\": \"\\ud800\"}}", "does not allow")]
    [InlineData("", "JSON")]
    [InlineData("<html>", "JSON")]
    public void Read_AnythingElse_IsANoThatSaysWhy(string body, string reason)
    {
        var answer = Read(body);
        Assert.False(answer.Allow);
        Assert.Contains(reason, answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LongReason_IsCut() =>
        Assert.Equal(500, Read("""{"result": {"allow": false, "reason": "LONG"}}""".Replace("LONG", new string('a', 10_000), StringComparison.Ordinal)).Reason!.Length);

    private static OpaAnswer Read(string body) => OpaAnswer.Read(Encoding.UTF8.GetBytes(body));
}
