namespace Sandbox.Protocol.Framing;

/// <summary>The two directions of one connection. Either may end first and leaves the other open; what breaks one ends both.</summary>
public static class TwoWay
{
    /// <summary>Runs both until they have ended.</summary>
    public static async Task Run(Func<CancellationToken, Task> one, Func<CancellationToken, Task> other, CancellationToken cancellationToken)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAll(EndBoth(one, broken), EndBoth(other, broken));
    }

    private static async Task EndBoth(Func<CancellationToken, Task> direction, CancellationTokenSource broken)
    {
        try
        {
            await direction(broken.Token);
        }
        catch
        {
            await broken.CancelAsync();
            throw;
        }
    }
}
