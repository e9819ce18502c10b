namespace Sandbox.Client;

/// <summary>Waiting for what takes longer than one request may.</summary>
internal static class Wait
{
    /// <summary>Asks again and again until it is so.</summary>
    public static async Task<Reply<T>> Until<T>(Func<Task<Reply<T>>> ask, Func<T, bool> isSo)
    {
        while (true)
        {
            var reply = await ask().ConfigureAwait(false);
            if (isSo(reply.Value))
                return reply;
        }
    }
}
