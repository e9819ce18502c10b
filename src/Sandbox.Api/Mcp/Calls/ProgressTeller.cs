using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Sandbox.Api.Mcp.Calls;

/// <summary>Word to the client of how far a call is. What it counts are seconds: they rise whatever the code does.</summary>
internal sealed class ProgressTeller(McpServer server, ProgressToken token, TimeProvider time)
{
    /// <summary>How often to tell at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly long _begin = time.GetTimestamp();
    private float _told;

    public async Task Tell(string what, CancellationToken cancellationToken)
    {
        var seconds = (float)Math.Round(time.GetElapsedTime(_begin).TotalSeconds, 3);
        if (seconds <= _told)
            return;
        _told = seconds;
        await server.NotifyProgressAsync(
            token, new ProgressNotificationValue { Progress = seconds, Message = what }, cancellationToken: cancellationToken);
    }
}
