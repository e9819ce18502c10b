using Sandbox.Agent.Files;
using Sandbox.Agent.Trees;
using Sandbox.Protocol;

namespace Sandbox.Agent.Channel;

/// <summary>Whole trees of files, out of the sandbox and into it.</summary>
internal sealed class TreeRequests(FileThread thread)
{
    // What the file thread fills or takes in one turn.
    private const int PieceBytes = 256 * 1024;

    // Each has as many folders open as its tree is deep.
    private readonly SemaphoreSlim exports = new(1);

    public async Task Export(Request request)
    {
        ExportTreeRequest wanted = await request.Header(ProtocolJson.Default.ExportTreeRequest);
        Check.AbsolutePath(wanted.Root);
        await exports.WaitAsync(request.Closed);
        try
        {
            await Send(request, wanted);
        }
        finally
        {
            exports.Release();
        }
    }

    public async Task Import(Request request)
    {
        ImportTreeRequest wanted = await request.Header(ProtocolJson.Default.ImportTreeRequest);
        Check.AbsolutePath(wanted.Root);
        TreeImporter importer = await thread.Run(() => new TreeImporter(wanted));
        try
        {
            byte[] buffer = GC.AllocateUninitializedArray<byte>(PieceBytes);
            int length;
            do
            {
                length = await request.FillFromBody(buffer);
                await thread.Run(() => importer.Feed(buffer.AsSpan(0, length)));
            }
            while (length == buffer.Length);

            TreeImported imported = await thread.Run(importer.Complete);
            await request.Reply(imported, ProtocolJson.Default.TreeImported);
        }
        finally
        {
            await thread.Run(importer.Dispose);
        }
    }

    private async Task Send(Request request, ExportTreeRequest wanted)
    {
        TreeExporter exporter = await thread.Run(() => new TreeExporter(wanted));
        try
        {
            await request.Done();
            byte[] buffer = GC.AllocateUninitializedArray<byte>(PieceBytes);
            bool more;
            do
            {
                request.Closed.ThrowIfCancellationRequested();
                int length;
                (more, length) = await thread.Run(() => (exporter.Turn(buffer, out int filled), filled));
                if (length > 0)
                    await request.Writer.Write(FrameType.Data, buffer.AsMemory(0, length), request.Closed);
            }
            while (more);

            await request.Writer.Write(FrameType.End, default, request.Closed);
            await request.Reply(exporter.Exported, ProtocolJson.Default.TreeExported);
        }
        finally
        {
            await thread.Run(exporter.Dispose);
        }
    }
}
