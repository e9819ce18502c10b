using Sandbox.Protocol;

namespace Sandbox.Runtime.Tests.Security;

/// <summary>Too much memory, disk, output and of what the kernel counts by user.</summary>
internal static class ResourcePrograms
{
    private const string SentryDies = "gVisor keeps the program's memory in its own process, which the host kills as a whole.";

    private static readonly (Ending, string) GoneOnGvisor = (Ending.SandboxGone, SentryDies);

    private static readonly (Ending, string) InodesOnGvisor =
        (Ending.SandboxGone, "gVisor does not count the inodes of its tmpfs; their memory in the sentry ends the sandbox.");

    public static readonly HostileProgram[] All =
    [
        new("memory bomb", "x = []\nwhile True: x.append(bytearray(b'x' * (1 << 20)))") { Ending = Ending.OutOfMemory, AlsoOnGvisor = GoneOnGvisor },
        new("memory bomb of children", """
            def eat():
                x = []
                while True: x.append(bytearray(b'x' * (1 << 20)))
            def swarm():
                while True:
                    for child in [fork(eat) for i in range(4)]: os.waitpid(child, 0)
            swarm()
            """) { Bounds = new(4, 1 << 20), Ending = new() { OomKilled = true, Signal = 9, By = ExecEnd.Timeout }, AlsoOnGvisor = GoneOnGvisor },
        new("memory of anonymous files", """
            fds = [os.memfd_create('x') for i in range(64)]
            while True:
                for fd in fds: os.write(fd, b'x' * (1 << 20))
            """) { Ending = Ending.OutOfMemory, AlsoOnGvisor = GoneOnGvisor },
        new("shared memory segments", """
            libc.shmat.restype = ctypes.c_void_p
            for i in range(64):
                segment = libc.shmget(0, ctypes.c_size_t(8 << 20), 0o1600)
                if segment < 0: say('held at', i); break
                ctypes.memset(libc.shmat(segment, None, 0), 1, 8 << 20)
            """) { Ending = Ending.OutOfMemory, AlsoOnGvisor = GoneOnGvisor },
        new("fills the workspace", """
            def fill(path):
                with open(path, 'wb', buffering=0) as f:
                    while f.write(b'x' * (1 << 20)) > 0: pass
            attempt('workspace', lambda: fill('/workspace/big'))
            """) { Says = ["held workspace ENOSPC"], Ending = new() { ExitCode = 0, DiskFull = true } },
        new("fills the temporary folder", """
            def fill(path):
                with open(path, 'wb', buffering=0) as f:
                    while f.write(b'x' * (1 << 20)) > 0: pass
            attempt('tmp', lambda: fill('/tmp/big'))
            """) { Says = ["held tmp ENOSPC"], Ending = new() { ExitCode = 0, DiskFull = true } },
        new("fills shared memory files", """
            def fill(path):
                with open(path, 'wb', buffering=0) as f:
                    while f.write(b'x' * (1 << 20)) > 0: pass
            attempt('shm', lambda: fill('/dev/shm/big'))
            """) { Says = ["held shm ENOSPC"] },
        new("uses up inodes", """
            def files(folder):
                for i in range(200000): os.close(os.open(f'{folder}/{i}', os.O_CREAT | os.O_WRONLY))
            attempt('workspace', lambda: files('/workspace'))
            """) { Says = ["held workspace ENOSPC"], Ending = new() { ExitCode = 0, DiskFull = true }, AlsoOnGvisor = InodesOnGvisor },
        new("uses up inodes of shared memory", """
            def files(folder):
                for i in range(200000): os.close(os.open(f'{folder}/{i}', os.O_CREAT | os.O_WRONLY))
            attempt('shm', lambda: files('/dev/shm'))
            attempt('dev', lambda: write('/dev/x', 'x'))
            """) { Says = ["held shm ENOSPC"], AlsoOnGvisor = InodesOnGvisor },
        new("output flood of 1 GB", """
            block = b'x' * (1 << 20)
            for i in range(1024): os.write(1, block)
            """) { Ending = Ending.TooMuchOutput },
        new("error flood of 1 GB", """
            block = b'x' * (1 << 20)
            for i in range(1024): os.write(2, block)
            """) { Ending = Ending.TooMuchOutput },
        new("output flood of children", """
            def flood():
                while True: os.write(1, b'x' * 65536)
            for i in range(8): fork(flood)
            time.sleep(1000)
            """) { Ending = Ending.TooMuchOutput },
        new("one line of 100 MB", """
            for i in range(100): sys.stdout.write('x' * (1 << 20))
            """) { Bounds = new(60, 101 << 20), Says = ["xxxx"] },
        new("zero bytes and invalid UTF-8", """
            os.write(1, b'start \x00 \xff\xfe \xc0\x80 \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82')
            os.write(1, b' end')
            """) { Says = ["start \0 ", " end"] },
        new("one byte at a time", """
            for i in range(20000): os.write(1, b'x')
            """) { Says = ["xxxx"] },
        new("input that nobody reads", "say('done')") { InputBytes = 16 << 20, Says = ["done"] },
        new("descriptors without end", """
            def open_all():
                while True: os.dup(0)
            attempt('descriptors', open_all)
            """) { Says = ["held descriptors EMFILE"] },
        new("pipes full of data", """
            ends = []
            def fill():
                while True:
                    ends.append(os.pipe())
                    os.set_blocking(ends[-1][1], False)
                    try: os.write(ends[-1][1], b'x' * 65536)
                    except BlockingIOError: pass
            attempt('pipes', fill)
            """) { Limits = new(1, 512 << 20, 32 << 20, 64), Says = ["held pipes"] },
        new("inotify instances", """
            def all_of_them():
                while True:
                    if libc.inotify_init1(0) < 0: raise OSError(ctypes.get_errno(), '')
            attempt('inotify', all_of_them)
            """) { Says = ["held inotify"] },
        new("descriptors in flight", """
            def fill():
                while True:
                    a, b = socket.socketpair()
                    a.setblocking(False)
                    kept.append((a, b))
                    try:
                        while True: socket.send_fds(a, [b'x'], [0] * 200)
                    except BlockingIOError: pass
            kept = []
            attempt('in flight', fill)
            """) { Says = ["held in flight"], AlsoOnGvisor = GoneOnGvisor },
        new("timers and signals that wait", """
            signal.pthread_sigmask(signal.SIG_BLOCK, range(34, 64))
            def queue():
                for i in range(200000):
                    if libc.sigqueue(os.getpid(), 40, ctypes.c_void_p(0)) < 0: raise OSError(ctypes.get_errno(), '')
            attempt('signals', queue)
            """) { Says = ["signals"] },
        new("message queues", """
            def queues():
                for i in range(100000):
                    if libc.msgget(0, 0o1600) < 0: raise OSError(ctypes.get_errno(), '')
            attempt('queues', queues)
            """) { Says = ["held queues"] },
        new("arguments without end", "attempt('exec', lambda: os.execv('/bin/true', ['x' * 100000] * 200))") { Says = ["held exec"] },
    ];
}
