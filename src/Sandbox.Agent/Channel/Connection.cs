using Nerdbank.Streams;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Agent.Channel;

/// <summary>
/// One connection: channels of a multiplexed stream, each a request. Whatever goes wrong on it ends it, and nothing else.
/// </summary>
internal sealed class Connection : IDisposable
{
    private const int MostChannels = 128;
    private const int MostHelloBytes = 4096;

    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(5);

    private readonly MultiplexingStream mux;
    private readonly RequestRouter router;
    private readonly CancellationTokenSource closed = new();
    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Timer helloTimer;
    private int channels;
    private volatile bool greeted;

    public Connection(Stream stream, RequestRouter router)
    {
        this.router = router;
        mux = MultiplexingStream.Create(
            new BoundedMuxStream(stream),
            new MultiplexingStream.Options { ProtocolMajorVersion = 3, StartSuspended = true, DefaultChannelReceivingWindowSize = AgentProtocol.WindowBytes });
        mux.ChannelOffered += OnOffered;
        helloTimer = new Timer(_ => Close(), null, HelloTimeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Serves until the connection is over, for whatever reason.</summary>
    public async Task Run()
    {
        try
        {
            mux.StartListening();
            listening.SetResult();
            await mux.Completion;
        }
        catch (Exception)
        {
            // The stream broke, or what came over it was no frame.
        }
        finally
        {
            await closed.CancelAsync();
            await mux.DisposeAsync();
        }
    }

    public void Dispose()
    {
        helloTimer.Dispose();
        closed.Dispose();
    }

    /// <summary>Ends it; <see cref="Run"/> completes when nothing of it is open.</summary>
    public void Close() => _ = mux.DisposeAsync().AsTask();

    private void OnOffered(object? sender, MultiplexingStream.ChannelOfferEventArgs offer)
    {
        if (Interlocked.Increment(ref channels) > MostChannels)
        {
            Close();
            return;
        }

        _ = Task.Run(() => Serve(offer.Name, offer.QualifiedId.Id));
    }

    private async Task Serve(string verb, ulong id)
    {
        MultiplexingStream.Channel? channel = null;
        try
        {
            // An offer that had arrived before listening began is raised while it begins, when nothing can be accepted yet.
            await listening.Task;
            channel = mux.AcceptChannel(id);
            var request = new Request(
                verb,
                new FrameReader(channel.Input, greeted ? AgentProtocol.MaxFrameBytes : MostHelloBytes),
                new FrameWriter(channel.Output),
                channel,
                channel.Completion,
                closed.Token);
            await Answer(request);
            await channel.Output.CompleteAsync();
            await channel.Input.CompleteAsync();
            await channel.Completion;
        }
        catch (ProtocolViolationException)
        {
            Close();
        }
        catch (Exception)
        {
            // The host abandoned the request, or the connection is gone.
            channel?.Dispose();
        }
        finally
        {
            Interlocked.Decrement(ref channels);
        }
    }

    private async Task Answer(Request request)
    {
        if (greeted)
        {
            await router.Answer(request);
            return;
        }

        if (request.Verb != Verbs.Hello || await router.Greet(request) is not { } reply)
        {
            await Refuse(request);
            return;
        }

        // Before the answer: with it, the next request may come.
        greeted = true;
        await helloTimer.DisposeAsync();
        await request.Reply(reply, ProtocolJson.Default.HelloReply);
    }

    // The peer has a moment to read why, and then nothing is left of it.
    private async Task Refuse(Request request)
    {
        await request.Fail(AgentErrors.Unauthorized, "The connection did not greet with this sandbox's token.");
        helloTimer.Change(TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);
    }
}
