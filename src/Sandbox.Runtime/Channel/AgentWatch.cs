using System.Runtime.CompilerServices;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Runtime.Channel;

/// <summary>A folder of a sandbox that is being watched. Disposing of it ends the watch.</summary>
internal sealed class AgentWatch(AgentRequest channel) : IAgentWatch
{
    public async IAsyncEnumerable<FileEvent> Events([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await Next(cancellationToken) is { } told)
            yield return told;
    }

    public ValueTask DisposeAsync()
    {
        channel.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<FileEvent?> Next(CancellationToken cancellationToken)
    {
        try
        {
            Frame frame = await channel.Reader.Read(cancellationToken) ?? throw new IOException("The agent closed the channel of a watch.");
            return frame.Type switch
            {
                FrameType.Json => Check(FrameReader.ParseJson(frame.Payload, ProtocolJson.Default.FileEvent)),
                FrameType.Error => throw AgentRequest.Refusal(frame),
                FrameType.End => null,
                _ => throw new ProtocolViolationException("An event was due."),
            };
        }
        catch (Exception failure) when (AgentRequest.IsConnectionFailure(failure))
        {
            throw new AgentConnectionException("The connection to the agent is gone or broke the protocol.", failure);
        }
    }

    private static FileEvent Check(FileEvent told)
    {
        bool sound = Enum.IsDefined(told.Kind)
            && (told.Path is "" || FoundFiles.IsRelative(told.Path))
            && (told.Kind == FileEventKind.Moved ? FoundFiles.IsRelative(told.From) : told.From is null);
        return sound ? told : throw new ProtocolViolationException("An event makes no sense.");
    }
}
