using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Mcp;

/// <summary>What every tool has to be like.</summary>
public sealed class ToolTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Server.Client;

    [Fact]
    public async Task Tools_HaveSchemasThatAreSchemas_AndTellWhatTheyDo()
    {
        var tools = await McpWire.Tools(Client);
        Assert.Equal(tools.Length, tools.Select(static tool => tool.GetProperty("name").GetString()).Distinct().Count());
        foreach (var tool in tools)
        {
            foreach (var schema in new[] { tool.GetProperty("inputSchema"), tool.GetProperty("outputSchema") })
            {
                Assert.Equal("object", schema.GetProperty("type").GetString());
                var result = MetaSchemas.Draft202012.Evaluate(schema, new EvaluationOptions { OutputFormat = OutputFormat.List });
                Assert.True(result.IsValid, $"{tool.GetProperty("name")}: {schema}");
            }

            Assert.All(tool.GetProperty("inputSchema").GetProperty("properties").EnumerateObject(), member => Assert.True(member.Value.TryGetProperty("description", out _), $"{tool.GetProperty("name")}.{member.Name}"));
            var hints = tool.GetProperty("annotations");
            Assert.True(hints.TryGetProperty("title", out _));
            Assert.False(hints.GetProperty("readOnlyHint").GetBoolean() && hints.GetProperty("destructiveHint").GetBoolean(), tool.GetRawText());
            Assert.True(tool.GetProperty("description").GetString()!.Length > 20);
        }
    }

    [Fact]
    public async Task EveryTool_RefusesAnUnknownArgument_ByItsName()
    {
        foreach (var tool in await McpWire.Tools(Client))
        {
            var name = tool.GetProperty("name").GetString()!;
            var problem = McpWire.Problem(await McpWire.Call(Client, name, new JsonObject { ["nonsense"] = 1 }));
            Assert.Equal("invalid_request", problem.GetProperty("code").GetString());
            Assert.True(problem.GetProperty("arguments").TryGetProperty("nonsense", out _), $"{name}: {problem}");
            Assert.NotEmpty(problem.GetProperty("next").GetString()!);
        }
    }

    [Fact]
    public async Task EveryTool_KnowsTheArgumentsOfItsSchema()
    {
        foreach (var tool in await McpWire.Tools(Client))
        {
            var name = tool.GetProperty("name").GetString()!;
            // Of a type that no argument has, so that nothing is done.
            var arguments = new JsonObject();
            foreach (var member in tool.GetProperty("inputSchema").GetProperty("properties").EnumerateObject().Where(static member => member.Name != "value"))
                arguments[member.Name] = new JsonArray(new JsonArray());
            arguments["nonsense"] = 1;
            var problem = McpWire.Problem(await McpWire.Call(Client, name, arguments));
            foreach (var argument in problem.GetProperty("arguments").EnumerateObject().Where(static argument => argument.Name != "nonsense"))
                Assert.DoesNotContain("Is not a member", argument.Value.GetRawText(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Answers_AreWhatTheSchemasOfTheirToolsSay()
    {
        var tools = (await McpWire.Tools(Client)).ToDictionary(static tool => tool.GetProperty("name").GetString()!);
        var session = await Good("create_session", []);
        var id = session.GetProperty("id").GetString()!;
        var step = await Good("run_code", new JsonObject { ["sessionId"] = id, ["code"] = "1" });
        Assert.Equal(id, step.GetProperty("sessionId").GetString());
        await Good("get_session", new JsonObject { ["sessionId"] = id });
        await Good("list_sessions", []);
        await Good("list_steps", new JsonObject { ["sessionId"] = id });
        await Good("list_jobs", []);
        await Good("list_artifacts", []);
        await Good("list_services", []);
        await Good("list_workflows", []);
        await Good("end_session", new JsonObject { ["sessionId"] = id });

        async Task<JsonElement> Good(string name, JsonObject arguments)
        {
            var result = await McpWire.Call(Client, name, arguments);
            Assert.True(result.TryGetProperty("structuredContent", out var value), $"{name}: {result}");
            var schema = JsonSchema.FromText(tools[name].GetProperty("outputSchema").GetRawText());
            Assert.True(schema.Evaluate(value).IsValid, $"{name}: {value} is not as {tools[name].GetProperty("outputSchema")}");
            Assert.Equal(value.GetRawText(), JsonElement.Parse(result.GetProperty("content")[0].GetProperty("text").GetString()!).GetRawText());
            return value;
        }
    }
}
