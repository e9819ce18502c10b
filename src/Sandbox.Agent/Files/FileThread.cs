using Sandbox.Agent.Native;

namespace Sandbox.Agent.Files;

/// <summary>
/// The one thread that touches the sandbox's files. It acts with the rights of the sandbox's user, so that no path, however
/// it was planted, gives more than the user has.
/// </summary>
internal sealed class FileThread
{
    private const int StackBytes = 128 * 1024;

    private readonly Queue<Action> work = new();
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
        Enqueue(() =>
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

    private void Enqueue(Action action)
    {
        lock (work)
        {
            work.Enqueue(action);
            Monitor.Pulse(work);
        }
    }

    // Waits without spinning: the processor is needed by who brings the next piece.
    private Action Dequeue()
    {
        lock (work)
        {
            while (work.Count == 0)
                Monitor.Wait(work);
            return work.Dequeue();
        }
    }

    private void Run()
    {
        int result = Libc.ActAs(uid, gid);
        if (result < 0)
            Environment.FailFast($"The file thread could not give up its rights: {Errno.Describe(-result)}.");
        while (true)
            Dequeue()();
    }
}
