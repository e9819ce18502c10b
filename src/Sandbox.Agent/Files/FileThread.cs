using System.Collections.Concurrent;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Files;

/// <summary>
/// The one thread that touches the sandbox's files. It acts with the rights of the sandbox's user, so that no path, however
/// it was planted, gives more than the user has.
/// </summary>
internal sealed class FileThread
{
    private const int StackBytes = 128 * 1024;

    private readonly BlockingCollection<Action> work = [];
    private readonly uint uid;
    private readonly uint gid;

    public FileThread(uint uid, uint gid)
    {
        this.uid = uid;
        this.gid = gid;
        new Thread(Run, StackBytes) { IsBackground = true, Name = "files" }.Start();
    }

    public Task<T> Run<T>(Func<T> action)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            try
            {
                completion.SetResult(action());
            }
            catch (Exception failure)
            {
                completion.SetException(failure);
            }
        });
        return completion.Task;
    }

    public Task Run(Action action) => Run(() =>
    {
        action();
        return true;
    });

    private void Run()
    {
        int result = Libc.ActAs(uid, gid);
        if (result < 0)
            Environment.FailFast($"The file thread could not give up its rights: {Errno.Describe(-result)}.");
        foreach (Action action in work.GetConsumingEnumerable())
            action();
    }
}
