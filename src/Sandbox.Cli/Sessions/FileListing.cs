using System.Text.Json;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Sessions;

/// <summary>Shows a folder of a session, page after page, of any number of files.</summary>
internal sealed class FileListing(FilesClient files, CliConsole console, string session)
{
    private const int PageSize = 1000;

    public async Task Show(string path, bool recursive, bool json, CancellationToken cancellationToken)
    {
        var incomplete = false;
        var options = new FileListOptions { Path = path, Recursive = recursive, PageSize = PageSize };
        do
        {
            var reply = await files.ListPageAsync(session, options, cancellationToken);
            if (json)
                WriteLines(reply.Body);
            else
                WritePage(reply.Value);
            incomplete |= reply.Value.Incomplete;
            options = options with { Cursor = reply.Value.NextCursor };
        }
        while (options.Cursor is not null);
        if (incomplete)
            console.Tell("not everything is listed: some of it is too deep, not readable, or the kernel's");
    }

    private void WritePage(SessionFilePage page)
    {
        foreach (var file in page.Items)
            SessionTable.WriteFile(console, file);
    }

    // One file a line, as the server describes it: a list of any length is read as it comes.
    private void WriteLines(ReadOnlyMemory<byte> body)
    {
        using var page = JsonDocument.Parse(body);
        foreach (var item in page.RootElement.GetProperty("items").EnumerateArray())
            console.Text.WriteLine(item.GetRawText());
    }
}
