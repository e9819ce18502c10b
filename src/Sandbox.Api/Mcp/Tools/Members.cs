using System.Text.Json.Nodes;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Api.Mcp.Tools;

/// <summary>Arguments that several tools have.</summary>
internal static class Members
{
    public static JsonObject Session() => Schema.Text("Id of a live session (ses_…), as create_session answered with it.");

    public static JsonObject Path(string what) => Schema.Text($"{what} Relative to /workspace, or absolute inside the sandbox.");

    public static JsonObject Wait(double otherwise = ToolBounds.DefaultWaitSeconds) => Schema.Number(
        $"Seconds to wait for the end; when they are over, the answer tells the state so far and what to call next. Default {otherwise}.", 0, ToolBounds.LongestWaitSeconds);

    public static JsonObject Metadata() => Schema.Map("Labels of your own, which lists can be filtered by.");

    public static JsonObject Env() => Schema.Map("Environment variables. Never put secrets here: name them in secrets.");

    public static JsonObject Timeout(IPlatform platform, string otherwise) => Schema.Number(
        $"Seconds that it may run before it is stopped. {otherwise}", platform.MinimumLimits.WallSeconds, platform.MaximumLimits.WallSeconds);

    public static JsonObject Language(IPlatform platform, string what) => Schema.Choice(what, platform.Languages.Order(StringComparer.Ordinal));

    public static JsonObject Files() => Schema.List(
        "Files to place in /workspace first.",
        Schema.Object("A file: path with one of content, contentBase64 and artifact.", new InputSchema()
            .Required("path", Schema.Text("Path relative to /workspace."))
            .Optional("content", Schema.Text("Content as text."))
            .Optional("contentBase64", Schema.Text("Content as base64."))
            .Optional("artifact", Schema.Text("Id of an artifact (art_…) of which it is a copy."))));

    public static JsonObject Packages() => Schema.Object("Packages to install first, as far as policy allows.", new InputSchema()
        .Optional("python", Schema.List("Requirements, such as pandas>=2.", Schema.Text("A requirement.")))
        .Optional("node", Schema.List("Packages, such as lodash@4.", Schema.Text("A package."))));

    public static JsonObject Limits() => Schema.Object("Limits; each has a default, and policy bounds them.", new InputSchema()
        .Optional("cpu", Schema.Number("Processors."))
        .Optional("memoryBytes", Schema.Integer("Memory."))
        .Optional("diskBytes", Schema.Integer("Disk."))
        .Optional("processes", Schema.Integer("Processes and threads."))
        .Optional("wallSeconds", Schema.Number("Seconds that a step or job may run."))
        .Optional("outputBytes", Schema.Integer("Bytes of output.")));

    /// <summary>What every sandbox can be made with.</summary>
    public static InputSchema WithSandbox(this InputSchema schema) => schema
        .Optional("env", Env())
        .Optional("secrets", Schema.List("Names of stored secrets to give to the code, as far as policy allows.", Schema.Text("A name.")))
        .Optional("packages", Packages())
        .Optional("template", Schema.Text("Name of the template it is made from. Leave out for the default one."))
        .Optional("isolation", Schema.Choice("standard (the default) or strong (a user-space kernel, for code of strangers; slower).", [IsolationClasses.Standard, IsolationClasses.Strong]))
        .Optional("policy", Schema.Text("Policy to run under. Leave out for the credential's own."))
        .Optional("metadata", Metadata());

    /// <summary>What every list takes.</summary>
    public static InputSchema WithPage(this InputSchema schema) => schema
        .Optional("limit", Schema.Integer($"Items of a page. Default {ToolBounds.DefaultPage}.", 1, ToolBounds.LargestPage))
        .Optional("cursor", Schema.Text("nextCursor of the page before."));

    /// <summary>What lists with states and labels take.</summary>
    public static InputSchema WithFilter(this InputSchema schema, IEnumerable<string> states) => schema
        .Optional("status", Schema.Choice("Only those in this state.", states))
        .Optional("metadata", Schema.Map("Only those with these labels."))
        .WithPage();
}
