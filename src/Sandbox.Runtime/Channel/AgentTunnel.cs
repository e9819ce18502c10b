using System.IO.Pipelines;

namespace Sandbox.Runtime.Channel;

/// <summary>A tunnel on the channel of the request that has accepted it.</summary>
internal sealed class AgentTunnel(AgentRequest request) : IAgentTunnel
{
    public PipeReader Input => request.Pipes.Input;

    public PipeWriter Output => request.Pipes.Output;

    public Task Over => request.Over;

    public void Dispose() => request.Dispose();
}
