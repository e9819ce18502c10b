using System.Text.Json;
using ModelContextProtocol.Protocol;
using Sandbox.Api.Http;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Grains.Abstractions;

namespace Sandbox.Api.Mcp.Calls;

/// <summary>Answers of tools: a value as structured content and, the same, as text; or what is wrong and what to do about it.</summary>
internal static class ToolAnswer
{
    public static CallToolResult Of<T>(T value, IEnumerable<ContentBlock>? more = null)
    {
        var structured = JsonSerializer.SerializeToElement(value, McpJson.Of<T>());
        return new CallToolResult
        {
            StructuredContent = structured,
            Content = [new TextContentBlock { Text = structured.GetRawText() }, .. more ?? []],
        };
    }

    public static CallToolResult Of<TView, T>(Reply<TView> reply, Func<TView, T> map)
        where TView : class =>
        reply.Value is { } view ? Of(map(view)) : Refuse(reply.Refusal!);

    public static CallToolResult Refuse(Refusal refusal) => Refuse(ProblemResult.From(refusal));

    public static CallToolResult NotFound(string what) => Refuse(new Refusal(RefusalCodes.NotFound, $"There is no such {what}."));

    /// <summary>Without structured content, which would have to be what the tool's schema promises.</summary>
    public static CallToolResult Refuse(ProblemResult problem) => new()
    {
        IsError = true,
        Content = [new TextContentBlock { Text = JsonSerializer.Serialize(ToolProblem.Of(problem), McpJson.Of<ToolProblem>()) }],
    };
}
