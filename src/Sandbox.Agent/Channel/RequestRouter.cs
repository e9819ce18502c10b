using Sandbox.Agent.Exec;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Agent.Channel;

/// <summary>Finds who answers a request, and turns refusals into error frames.</summary>
internal sealed class RequestRouter(
    AgentToken token,
    Supervisor supervisor,
    ExecRequests execs,
    InputRequests input,
    FileRequests files,
    FolderRequests folders,
    TreeRequests trees,
    WatchRequests watches,
    EgressRequests egress,
    Quiescence quiescence)
{
    /// <summary>Checks a connection's first request; the answer to it, or null when it does not belong here.</summary>
    public async Task<HelloReply?> Greet(Request request)
    {
        HelloRequest hello = await request.Header(ProtocolJson.Default.HelloRequest);
        if (!token.IsKnown(hello.Token) || hello.Version != AgentProtocol.Version)
            return null;
        return new HelloReply(AgentProtocol.Version, await supervisor.KnownExecs());
    }

    public async Task Answer(Request request)
    {
        try
        {
            await (request.Verb switch
            {
                Verbs.StartKernel => StartKernel(request),
                Verbs.Exec => execs.Serve(request),
                Verbs.Signal => Signal(request),
                Verbs.Input => input.Serve(request),
                Verbs.Resize => input.Resize(request),
                Verbs.WriteFile => files.Write(request),
                Verbs.ReadFile => files.Read(request),
                Verbs.FindFiles => files.Find(request),
                Verbs.Stat => folders.Stat(request),
                Verbs.List => folders.List(request),
                Verbs.Move => folders.Move(request),
                Verbs.MakeFolder => folders.Make(request),
                Verbs.Remove => folders.Remove(request),
                Verbs.ExportTree => trees.Export(request),
                Verbs.ImportTree => trees.Import(request),
                Verbs.Watch => watches.Serve(request),
                Verbs.ListenEgress => egress.Listen(request),
                Verbs.AcceptEgress => egress.Accept(request),
                Verbs.SetDeadline => SetDeadline(request),
                Verbs.Quiesce => quiescence.Serve(request),
                _ => throw new RequestException(AgentErrors.Invalid, "No such request."),
            });
        }
        catch (RequestException refusal)
        {
            await request.Fail(refusal.Code, refusal.Message);
        }
        catch (SpawnException failure)
        {
            await request.Fail(AgentErrors.Invalid, failure.Message);
        }
    }

    private async Task StartKernel(Request request)
    {
        StartKernelRequest start = await request.Header(ProtocolJson.Default.StartKernelRequest);
        Check.Id(start.Id);
        Check.Program(start.Argv, start.Env, start.Cwd, mayBeEmpty: false);
        await supervisor.StartKernel(start);
        await request.Done();
    }

    private async Task Signal(Request request)
    {
        SignalRequest signal = await request.Header(ProtocolJson.Default.SignalRequest);
        Check.Id(signal.Id);
        if (signal.Signal is < 1 or > 64)
            throw new RequestException(AgentErrors.Invalid, "No such signal.");
        if (!await supervisor.Signal(signal.Id, signal.Signal))
            throw new RequestException(AgentErrors.NotFound, "No such execution.");
        await request.Done();
    }

    private async Task SetDeadline(Request request)
    {
        SetDeadlineRequest deadline = await request.Header(ProtocolJson.Default.SetDeadlineRequest);
        Check.Deadline(deadline.SecondsFromNow);
        await supervisor.SetDeadline(deadline.SecondsFromNow);
        await request.Done();
    }
}
