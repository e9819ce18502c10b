using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;

namespace Sandbox.Api.Templates.Requests;

/// <summary>Reads what a template shall be: from a JSON body, or from the query that comes with an archive.</summary>
internal static class TemplateRequestReader
{
    private const string EnvPrefix = "env.";

    public static TemplateRequest? Read(JsonElement root, RequestErrors errors)
    {
        if (RequestObject.Open(root, errors) is not { } body)
            return null;
        var request = new TemplateRequest
        {
            Name = body.String("name"),
            Description = body.String("description"),
            From = body.String("from"),
            Folder = body.String("folder"),
            Packages = body.Object("packages", SandboxMembers.Packages),
            Env = body.Map("env", RequestBounds.Variables),
            StartCommand = body.Strings("startCommand", RequestBounds.Arguments),
            Preloads = body.Object("preloads", static preloads => new PreloadsRequest
            {
                Python = preloads.Strings("python", RequestBounds.Names),
                Javascript = preloads.Strings("javascript", RequestBounds.Names),
            }),
        };
        body.RefuseUnknown();
        return request;
    }

    /// <summary>Names of variables follow <c>env.</c>; lists of modules are separated by commas; the start command is a JSON array.</summary>
    public static TemplateRequest Read(RequestQuery query, RequestErrors errors) => new()
    {
        Name = query.Single("name"),
        Description = query.Single("description"),
        Env = query.Prefixed(EnvPrefix),
        StartCommand = query.Single("startCommand") is { } text ? ReadArray(text, errors) : null,
        Preloads = new PreloadsRequest { Python = Modules(query.Single("preloads.python")), Javascript = Modules(query.Single("preloads.javascript")) },
    };

    private static string[]? Modules(string? text) => text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static IReadOnlyList<string>? ReadArray(string text, RequestErrors errors)
    {
        try
        {
            using var document = JsonDocument.Parse($$"""{"startCommand":{{text}}}""", new JsonDocumentOptions { MaxDepth = 4 });
            return RequestObject.Open(document.RootElement, errors)?.Strings("startCommand", RequestBounds.Arguments);
        }
        catch (JsonException)
        {
            errors.Add("startCommand", "Must be a JSON array of strings.");
            return null;
        }
    }
}
