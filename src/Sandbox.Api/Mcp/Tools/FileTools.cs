using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using ModelContextProtocol.Protocol;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Resources;
using Sandbox.Api.Mcp.Results;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Api.Sessions;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Sessions;
using FileInfo = Sandbox.Api.Sessions.FileInfo;

namespace Sandbox.Api.Mcp.Tools;

/// <summary>Files of live sessions.</summary>
internal sealed class FileTools(ISessionFiles files, IArtifactStore artifacts) : IToolGroup
{
    public IEnumerable<ToolDefinition> Tools =>
    [
        new("list_files", "List files", "What is in a folder of a live session, with links to its files. A paused session goes on by it.",
            new InputSchema()
                .Required("sessionId", Members.Session())
                .Optional("path", Members.Path("The folder. Default /workspace."))
                .Optional("recursive", Schema.Flag("Whether everything below is listed. Default false."))
                .WithPage(),
            typeof(FileList), List) { IsIdempotent = true, IsAtHolder = true },
        new("read_file", "Read a file",
            $"Reads a part of a file of a live session: as text where it is UTF-8, else as base64; small images come as images. {ToolBounds.DefaultPart} bytes where limit is left out, at most {ToolBounds.LargestPart}; nextOffset of the answer is where to go on. A paused session goes on by it.",
            new InputSchema()
                .Required("sessionId", Members.Session())
                .Required("path", Members.Path("The file."))
                .Optional("offset", Schema.Integer("Bytes to pass over. Default 0.", 0))
                .Optional("limit", Schema.Integer($"Most bytes. Default {ToolBounds.DefaultPart}.", 1, ToolBounds.LargestPart)),
            typeof(FilePart), Read) { IsIdempotent = true, IsAtHolder = true },
        new("write_file", "Write a file", "Writes a whole file of a live session, and the folders around it: from text, base64, or an artifact of any size. What was there is replaced.",
            new InputSchema()
                .Required("sessionId", Members.Session())
                .Required("path", Members.Path("The file."))
                .Optional("content", Schema.Text("Content as text. One of content, contentBase64 and artifact is required."))
                .Optional("contentBase64", Schema.Text("Content as base64."))
                .Optional("artifact", Schema.Text("Id of an artifact (art_…) of which it becomes a copy."))
                .Optional("overwrite", Schema.Flag("False to refuse where there is something already. Default true.")),
            typeof(WrittenFileInfo), Write) { IsDestructive = true, IsIdempotent = true, IsAtHolder = true },
        new("move_file", "Move a file", "Moves or renames a file or folder of a live session.",
            new InputSchema()
                .Required("sessionId", Members.Session())
                .Required("from", Members.Path("Where it is."))
                .Required("to", Members.Path("Where it shall be; the folder around it has to exist."))
                .Optional("overwrite", Schema.Flag("Whether a file that is there already is replaced. Default false.")),
            typeof(FileInfo), Move) { IsDestructive = true, IsAtHolder = true },
        new("remove_file", "Remove a file", "Removes a file, link or folder of a live session.",
            new InputSchema()
                .Required("sessionId", Members.Session())
                .Required("path", Members.Path("What to remove."))
                .Optional("recursive", Schema.Flag("Whether a folder goes with all it holds. Default false.")),
            typeof(FileInfo), Remove) { IsDestructive = true, IsAtHolder = true },
    ];

    private async Task<CallToolResult> List(ToolCall call)
    {
        var id = call.Required("sessionId");
        var (path, recursive, limit) = (call.Arguments.String("path") ?? string.Empty, call.Arguments.Boolean("recursive") ?? false, call.PageSize());
        var cursor = call.Arguments.String("cursor");
        if (cursor is not null && !Base64Url.IsValid(cursor))
            call.Errors.Add("cursor", "Is not a cursor that a list answered with.");
        if (call.Wrong() is { } wrong)
            return wrong;
        if (!SessionId.TryParse(id, out var session))
            return ToolAnswer.NotFound("session");
        var reply = await files.List(call.Caller, session, path, recursive, cursor is null ? null : Base64Url.DecodeFromChars(cursor), limit, call.Cancelled);
        if (reply.Value is not { } page)
            return ToolAnswer.Refuse(reply.Refusal!);
        var list = new FileList
        {
            Items = [.. page.Items.Select(FileInfo.From)],
            Incomplete = page.Incomplete,
            NextCursor = page.Next is { } next ? Base64Url.EncodeToString(next) : null,
        };
        return ToolAnswer.Of(list, page.Items.Where(static item => item.Kind == "file").Select(item => Link(id, path, item)));
    }

    private async Task<CallToolResult> Read(ToolCall call)
    {
        var (id, path) = (call.Required("sessionId"), call.Required("path"));
        var offset = call.Integer("offset", 0, long.MaxValue, 0);
        var limit = (int)call.Integer("limit", 1, ToolBounds.LargestPart, ToolBounds.DefaultPart);
        if (call.Wrong() is { } wrong)
            return wrong;
        if (!SessionId.TryParse(id, out var session))
            return ToolAnswer.NotFound("session");
        var reply = await files.Open(call.Caller, session, path, call.Cancelled);
        if (reply.Value is not { } found)
            return ToolAnswer.Refuse(reply.Refusal!);
        await using (found)
        {
            var image = offset == 0 && found.File.SizeBytes <= ToolBounds.LargestPart ? ImageContent.TypeOf(path) : null;
            var bytes = await ReadPart(found, offset, image is null ? limit : ToolBounds.LargestPart, call.Cancelled);
            return image is not null && ImageContent.Is(image, bytes) ? Image(path, found, bytes, image) : Part(path, found, offset, bytes[..Math.Min(limit, bytes.Length)]);
        }
    }

    private async Task<CallToolResult> Write(ToolCall call)
    {
        var (id, path) = (call.Required("sessionId"), call.Required("path"));
        var (text, bytes, artifact) = (call.Arguments.String("content"), call.Arguments.Bytes("contentBase64"), call.Arguments.String("artifact"));
        var overwrite = call.Arguments.Boolean("overwrite") ?? true;
        if (!call.Errors.Any && new object?[] { text, bytes, artifact }.Count(static one => one is not null) != 1)
            call.Errors.Add("content", "Exactly one of content, contentBase64 and artifact is required.");
        if (call.Wrong() is { } wrong)
            return wrong;
        if (!SessionId.TryParse(id, out var session))
            return ToolAnswer.NotFound("session");
        var content = artifact is null ? new MemoryStream(bytes ?? Encoding.UTF8.GetBytes(text!), writable: false) : await OpenArtifact(call, artifact);
        if (content is null)
            return ToolAnswer.Refuse(new Refusal(RefusalCodes.ArtifactUnknown, "There is no such artifact, or not any more.", "artifact"));
        await using (content)
        {
            var reply = await files.Write(call.Caller, session, path, content, overwrite, call.Cancelled);
            return ToolAnswer.Of(reply, static written => new WrittenFileInfo { Path = written.Path, SizeBytes = written.SizeBytes, Sha256 = written.Sha256 });
        }
    }

    private async Task<CallToolResult> Move(ToolCall call)
    {
        var (id, from, to) = (call.Required("sessionId"), call.Required("from"), call.Required("to"));
        var overwrite = call.Arguments.Boolean("overwrite") ?? false;
        if (call.Wrong() is { } wrong)
            return wrong;
        return SessionId.TryParse(id, out var session)
            ? ToolAnswer.Of(await files.Move(call.Caller, session, from, to, overwrite, call.Cancelled), FileInfo.From)
            : ToolAnswer.NotFound("session");
    }

    private async Task<CallToolResult> Remove(ToolCall call)
    {
        var (id, path, recursive) = (call.Required("sessionId"), call.Required("path"), call.Arguments.Boolean("recursive") ?? false);
        if (call.Wrong() is { } wrong)
            return wrong;
        return SessionId.TryParse(id, out var session)
            ? ToolAnswer.Of(await files.Remove(call.Caller, session, path, recursive, call.Cancelled), FileInfo.From)
            : ToolAnswer.NotFound("session");
    }

    private async Task<Stream?> OpenArtifact(ToolCall call, string id)
    {
        var tenant = call.Caller.TenantId;
        return await artifacts.Find(tenant, id, call.Cancelled) is not null ? await artifacts.OpenRead(tenant, id, call.Cancelled) : null;
    }

    private static async Task<byte[]> ReadPart(SessionFileContent found, long offset, int limit, CancellationToken cancellationToken)
    {
        var size = found.File.SizeBytes ?? 0;
        var buffer = new byte[Math.Min(limit, Math.Max(0, size - offset))];
        found.Content.Position = Math.Min(offset, size);
        var read = await found.Content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return read == buffer.Length ? buffer : buffer[..read];
    }

    private static CallToolResult Part(string path, SessionFileContent found, long offset, byte[] bytes)
    {
        var size = found.File.SizeBytes ?? 0;
        // A part may end within a character: that one comes with the next.
        var whole = offset + bytes.Length < size ? TextParts.WholeCharacters(bytes) : bytes.Length;
        var isText = Utf8.IsValid(bytes.AsSpan(0, whole)) && !bytes.AsSpan(0, whole).Contains((byte)0);
        var next = offset + (isText ? whole : bytes.Length);
        return ToolAnswer.Of(new FilePart
        {
            Path = path,
            SizeBytes = size,
            Sha256 = found.Sha256,
            Text = isText ? Encoding.UTF8.GetString(bytes, 0, whole) : null,
            Base64 = isText ? null : Convert.ToBase64String(bytes),
            Offset = offset,
            NextOffset = next,
            Truncated = next < size,
            Hint = next < size ? $"There is more: call read_file with offset={next}." : null,
        });
    }

    private static CallToolResult Image(string path, SessionFileContent found, byte[] bytes, string type) => ToolAnswer.Of(
        new FilePart
        {
            Path = path,
            SizeBytes = bytes.Length,
            Sha256 = found.Sha256,
            Offset = 0,
            NextOffset = bytes.Length,
            Truncated = false,
            Hint = "It is the image of this answer.",
        },
        [ImageContentBlock.FromBytes(bytes, type)]);

    private static ResourceLinkBlock Link(string session, string folder, SessionFile file) => new()
    {
        Uri = ResourceUri.OfFile(session, folder.Length == 0 || file.Path == folder || file.Path.StartsWith('/') ? file.Path : $"{folder.TrimEnd('/')}/{file.Path}"),
        Name = file.Path,
        Size = file.SizeBytes,
    };
}
