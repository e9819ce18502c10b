using Sandbox.Agent.Files;
using Sandbox.Protocol;

namespace Sandbox.Agent.Channel;

/// <summary>Files in and out of the sandbox.</summary>
internal sealed class FileRequests(FileThread thread)
{
    private const int MostFiles = 1000;
    private const int MostGlobs = 100;

    // What the file thread reads or writes in one turn.
    private const int PieceBytes = 256 * 1024;

    public async Task Write(Request request)
    {
        WriteFileRequest wanted = await request.Header(ProtocolJson.Default.WriteFileRequest);
        Check.AbsolutePath(wanted.Path);
        FileWriter writer = await thread.Run(() => new FileWriter(wanted));
        try
        {
            byte[] buffer = GC.AllocateUninitializedArray<byte>(PieceBytes);
            int length;
            do
            {
                length = await request.FillFromBody(buffer);
                await thread.Run(() => writer.Write(buffer.AsSpan(0, length)));
            }
            while (length == buffer.Length);

            FileWritten written = await thread.Run(writer.Commit);
            await request.Reply(written, ProtocolJson.Default.FileWritten);
        }
        finally
        {
            await thread.Run(writer.Abandon);
        }
    }

    public async Task Read(Request request)
    {
        ReadFileRequest wanted = await request.Header(ProtocolJson.Default.ReadFileRequest);
        Check.AbsolutePath(wanted.Root);
        Check.RelativePath(wanted.Path);
        Check.Range(wanted);
        FileReader reader = await thread.Run(() => new FileReader(wanted));
        try
        {
            await request.Reply(reader.Found, ProtocolJson.Default.FileEntry);
            byte[] buffer = GC.AllocateUninitializedArray<byte>(PieceBytes);
            while (await thread.Run(() => reader.Read(buffer)) is > 0 and int length)
                await request.Writer.Write(FrameType.Data, buffer.AsMemory(0, length), request.Closed);
            await request.Writer.Write(FrameType.End, default, request.Closed);
        }
        finally
        {
            await thread.Run(reader.Close);
        }
    }

    public async Task Find(Request request)
    {
        FindFilesRequest wanted = await request.Header(ProtocolJson.Default.FindFilesRequest);
        Check.AbsolutePath(wanted.Root);
        if (wanted.Globs is not { Count: <= MostGlobs } || wanted.MaxFiles is < 0 or > MostFiles)
            throw new RequestException(AgentErrors.Invalid, "Too many globs or files.");
        FindFilesReply found = await thread.Run(() => new FileFinder(wanted).Find());
        await request.Reply(found, ProtocolJson.Default.FindFilesReply);
    }
}
