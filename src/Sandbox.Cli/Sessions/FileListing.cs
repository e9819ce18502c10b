using System.Text.Json;
using Sandbox.Cli.Client;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Sessions;

/// <summary>Shows a folder of a session, page after page, of any number of files.</summary>
internal sealed class FileListing(FileCalls files, CliConsole console)
{
    public async Task Show(string path, bool recursive, bool json, CancellationToken cancellationToken)
    {
        var incomplete = false;
        string? cursor = null;
        do
        {
            var reply = await files.List(path, recursive, cursor, cancellationToken);
            if (json)
                WriteLines(reply.Body);
            else
                WritePage(reply.Value);
            incomplete |= reply.Value.Incomplete;
            cursor = reply.Value.NextCursor;
        }
        while (cursor is not null);
        if (incomplete)
            console.Tell("not everything is listed: some of it is too deep, not readable, or the kernel's");
    }

    private void WritePage(SessionFilePage page)
    {
        foreach (var file in page.Items)
            SessionTable.WriteFile(console, file);
    }

    // One file a line, as the server describes it: a list of any length is read as it comes.
    private void WriteLines(byte[] body)
    {
        using var page = JsonDocument.Parse(body);
        foreach (var item in page.RootElement.GetProperty("items").EnumerateArray())
            console.Text.WriteLine(item.GetRawText());
    }
}
