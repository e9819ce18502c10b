namespace Sandbox.Runtime.Tests.Security;

/// <summary>Too many processes, processes that will not end, and attacks on the agent.</summary>
internal static class ProcessPrograms
{
    private static readonly (Ending, string) GoneOnGvisor =
        (Ending.SandboxGone, "gVisor does not count the code's processes against the limit; their memory in the sentry ends the sandbox first.");

    public static readonly HostileProgram[] All =
    [
        new("fork bomb", """
            while True:
                try: os.fork()
                except OSError: pass
            """) { Bounds = new(3, 1 << 20), Ending = Ending.TimedOut, AlsoOnGvisor = GoneOnGvisor },
        new("fork bomb of a shell", ":(){ :|:& };:; while :; do :; done") { Language = "bash", Bounds = new(3, 4 << 20), Ending = Ending.TimedOut },
        new("fork bomb that kills the parent", """
            def run():
                while True:
                    try:
                        if os.fork() == 0: os.setsid()
                        else: os._exit(0)
                    except OSError: pass
            fork(run); run()
            """),
        new("threads without end", """
            import _thread
            lock, count = _thread.allocate_lock(), 0
            lock.acquire()
            try:
                while count < 5000:
                    _thread.start_new_thread(lock.acquire, ())
                    count += 1
            except RuntimeError: say('held at', count)
            os._exit(0)
            """) { Limits = new(1, 192 << 20, 32 << 20, 64), Says = ["held at"] },
        new("zombies", """
            for i in range(200):
                try: pid = fork(lambda: None)
                except OSError: break
            say('done')
            """) { Says = ["done"] },
        new("daemons by double fork and setsid", """
            def daemon():
                os.setsid()
                if os.fork() == 0:
                    signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGHUP, signal.SIG_IGN)
                    for fd in range(3): os.close(fd)
                    time.sleep(1000)
            for i in range(8): os.waitpid(fork(daemon), 0)
            """),
        new("exit while children hold the output open", """
            for i in range(8): fork(lambda: time.sleep(1000))
            say('gone')
            """) { Says = ["gone"] },
        new("children that go on writing after the exit", """
            def flood():
                os.setsid()
                while True: os.write(1, b'x' * 4096)
            for i in range(4): fork(flood)
            time.sleep(0.05)
            """) { Bounds = new(30, 1 << 30) },
        new("ignores every signal", """
            for number in range(1, 65):
                try: signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError): pass
            while True: time.sleep(1000)
            """) { Bounds = new(1, 1 << 20), Ending = Ending.TimedOut },
        new("stops itself", "os.kill(os.getpid(), signal.SIGSTOP)") { Bounds = new(1, 1 << 20), Ending = Ending.TimedOut },
        new("closes its own stdio", """
            for fd in range(3): os.close(fd)
            time.sleep(0.3)
            os._exit(7)
            """) { Ending = new() { ExitCode = 7 } },
        new("crash", "os.abort()") { Ending = new() { Signal = 6 }, Artifacts = [] },
        new("turns core dumps on again", """
            attempt('limit', lambda: resource.getrlimit(resource.RLIMIT_CORE), ((1, 1),))
            # Under gVisor a crash is one of its own kernel's, and never one of the host's.
            for value in ((0, 0), (0, 1), (1 << 30, 1 << 30)):
                attempt(value, lambda: resource.setrlimit(resource.RLIMIT_CORE, value), (None,) if isolation == 'Strong' else ())
            resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
            say('others may change')
            """) { Says = ["others may change"] },
        new("kills the agent", """
            for number in range(0, 65): attempt(f'kill(1, {number})', lambda: os.kill(1, number))
            attempt('kill the group', lambda: os.killpg(1, 9))
            attempt('tgkill', lambda: call(234, 131, 1, 1, 9))
            attempt('sigqueue', lambda: call(129, 138, 1, 9, ctypes.create_string_buffer(128)))
            attempt('pidfd', lambda: signal.pidfd_send_signal(os.pidfd_open(1), 9))
            """),
        new("kills everybody", """
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            try: os.kill(-1, 15)
            except OSError: pass
            try: os.kill(-1, 9)
            except OSError: pass
            say('alone')
            """) { Says = ["alone"] },
        new("traces the agent", """
            attempt('attach', lambda: call(101, 117, 16, 1, 0, 0))
            attempt('seize', lambda: call(101, 117, 0x4206, 1, 0, 0))
            data = ctypes.create_string_buffer(8)
            class IoVec(ctypes.Structure): _fields_ = [('base', ctypes.c_void_p), ('len', ctypes.c_size_t)]
            own, other = IoVec(ctypes.addressof(data), 8), IoVec(0x400000, 8)
            attempt('read memory', lambda: call(310, 270, 1, ctypes.byref(own), ctypes.c_long(1), ctypes.byref(other), ctypes.c_long(1), ctypes.c_long(0)))
            attempt('write memory', lambda: call(311, 271, 1, ctypes.byref(own), ctypes.c_long(1), ctypes.byref(other), ctypes.c_long(1), ctypes.c_long(0)))
            attempt('take its descriptor', lambda: call(438, 438, os.pidfd_open(1), 0, 0))
            attempt('compare', lambda: call(312, 272, os.getpid(), 1, 0, 0, 0))
            """),
        new("reads the agent's secrets", """
            # gVisor's releases before 2024 show addresses and descriptor numbers of every process; no content of memory.
            shown = ('maps', 'auxv') if isolation == 'Strong' else ()
            for name in ('mem', 'maps', 'auxv', 'stack', 'syscall', 'io', 'root/etc/passwd', 'cwd/etc/passwd', 'map_files', 'fd/0', 'exe'):
                if name not in shown: attempt('/proc/1/' + name, lambda: os.listdir('/proc/1/' + name) if name == 'map_files' else read('/proc/1/' + name), (b'',))
            # Where the kernel shows it at all, the token has been wiped.
            attempt('environment', lambda: [v for v in read('/proc/1/environ').split(b'\0') if v.startswith(b'SANDBOX') and not v.endswith(b'=')], ([],))
            if isolation != 'Strong': attempt('/proc/1/fd', lambda: os.listdir('/proc/1/fd'), ([],))
            for task in os.listdir('/proc/1/task'):
                attempt('task memory', lambda: read(f'/proc/1/task/{task}/mem'))
            """),
        new("speaks to the agent's socket", """
            def connect():
                s = socket.socket(socket.AF_UNIX)
                s.connect('/run/sandbox/agent.sock')
                s.send(b'\x94' * 1024)
            attempt('connect', connect)
            attempt('list', lambda: os.listdir('/run/sandbox'))
            attempt('remove', lambda: os.unlink('/run/sandbox/agent.sock'))
            attempt('replace', lambda: os.symlink('/etc/passwd', '/run/sandbox/agent.sock'))
            attempt('beside it', lambda: write('/run/sandbox/x', 'x'))
            attempt('rename', lambda: os.rename('/run/sandbox', '/run/other'))
            """),
        new("floods the link to the agent", """
            blob = b'{"type":"ready"}\n' * 4096
            try:
                for i in range(1000): os.write(3, blob)
            except OSError as e: say('held', errno.errorcode[e.errno])
            """),
        new("false results on the link to the agent", """
            for line in (b'{"type":"result","value":' + b'[' * 100000 + b'}\n', b'\xff\xfe\x00\n', b'{"type":"result"}\n', b'x' * 2000000 + b'\n'):
                while line: line = line[os.write(3, line):]
            """),
        new("spares itself from the out-of-memory killer", """
            # Under gVisor the number is one of its own kernel's, which kills nobody by it.
            for value in ('-1000', '-1'): attempt('own ' + value, lambda: write('/proc/self/oom_score_adj', value), (None,) if isolation == 'Strong' else ())
            attempt("the agent's", lambda: write('/proc/1/oom_score_adj', '1000'))
            """),
        new("raises its own limits", """
            for name in ('NOFILE', 'CORE', 'MEMLOCK', 'NICE', 'RTPRIO'):
                kind = getattr(resource, 'RLIMIT_' + name)
                hard = resource.getrlimit(kind)[1]
                attempt(name, lambda: resource.setrlimit(kind, (hard + 1, hard + 1)))
            # gVisor's priorities are between its own threads.
            attempt('priority', lambda: os.nice(-5), (-5,) if isolation == 'Strong' else ())
            """),
    ];
}
