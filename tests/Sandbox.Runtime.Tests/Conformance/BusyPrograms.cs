namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>Python programs that say <c>begun</c> and then go on for ever, in the middle of as much as there is to be in the middle of.</summary>
internal static class BusyPrograms
{
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        ["fork bomb"] = """
            import os, sys, time
            print('begun', flush=True)
            while True:
                try:
                    if os.fork() == 0: time.sleep(0.05); os._exit(0)
                except OSError: time.sleep(0.001)
            """,
        ["processes that come and go"] = """
            import subprocess
            print('begun', flush=True)
            while True: subprocess.run(['/bin/true'])
            """,
        ["open files, links, deleted ones"] = """
            import os, mmap, fcntl
            files = [open(f'/workspace/{i}', 'w+') for i in range(200)] + [open('/usr/bin/python3', 'rb') for i in range(50)]
            for f in files[:100]: f.write('x' * 1000); f.flush(); os.unlink(f.name)
            for f in files[100:200]: fcntl.flock(f, fcntl.LOCK_EX)
            maps = [mmap.mmap(f.fileno(), 1000) for f in files[:50]]
            memory = [os.memfd_create('x') for i in range(50)]
            os.mkfifo('/workspace/fifo'); fifo = os.open('/workspace/fifo', os.O_RDWR)
            print('begun', flush=True)
            while True:
                for i, f in enumerate(files[:200]): f.seek(0); f.write(str(i)); f.flush()
            """,
        ["watches, timers, signals"] = """
            import ctypes, os, signal
            libc = ctypes.CDLL(None)
            watch = libc.inotify_init1(0); [libc.inotify_add_watch(watch, p, 0xfff) for p in (b'/workspace', b'/tmp', b'/usr', b'/etc')]
            events = libc.eventfd(0, 0); clock = libc.timerfd_create(1, 0)
            signal.signal(signal.SIGALRM, lambda *a: None); signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
            mask = ctypes.create_string_buffer(128); libc.signalfd(-1, mask, 8, 0)
            print('begun', flush=True)
            while True: open('/workspace/f', 'w').close(); os.unlink('/workspace/f')
            """,
        ["threads and locks"] = """
            import threading, queue
            work = queue.Queue(100); total = [0]; lock = threading.Lock()
            def consume():
                while True:
                    work.get()
                    with lock: total[0] += 1
            for i in range(60): threading.Thread(target=consume, daemon=True).start()
            print('begun', flush=True)
            while True: work.put(1)
            """,
        ["much memory that does not compress"] = """
            import os
            x = [os.urandom(1 << 20) for i in range(200)]
            with open('/workspace/big', 'wb') as f:
                for i in range(60): f.write(os.urandom(1 << 20))
            print('begun', flush=True)
            while True: x[0] = bytes(reversed(x[0]))
            """,
        ["a terminal of its own, sessions, shared memory"] = """
            import os, pty, mmap, time
            m, s = pty.openpty(); shared = mmap.mmap(-1, 1 << 20)
            for i in range(10):
                if os.fork() == 0:
                    os.setsid()
                    while True: shared[i] = (shared[i] + 1) % 256
            print('begun', flush=True)
            while True: os.write(s, b'x'); os.read(m, 10)
            """,
        ["output faster than it is read"] = """
            print('begun', flush=True)
            while True: print('x' * 10000)
            """,
        ["sockets between processes"] = """
            import os, socket
            pairs = [socket.socketpair() for i in range(20)]
            tcp = socket.create_server(('127.0.0.1', 0)); clients = [socket.create_connection(tcp.getsockname()) for i in range(10)]
            servers = [tcp.accept()[0] for c in clients]
            path = socket.socket(socket.AF_UNIX); path.bind('/workspace/socket'); path.listen(); unix = socket.socket(socket.AF_UNIX); unix.connect('/workspace/socket'); other = path.accept()[0]
            abstract = socket.socket(socket.AF_UNIX); abstract.bind('\0name'); abstract.listen()
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); udp.bind(('127.0.0.1', 0))
            if os.fork() == 0:
                while True:
                    for a, b in pairs: b.send(b.recv(100))
            print('begun', flush=True)
            while True:
                for a, b in pairs: a.send(b'x' * 100); assert len(a.recv(100)) > 0
                for c, s in zip(clients, servers): c.send(b'y' * 1000); s.recv(1000)
                unix.send(b'z'); other.recv(1)
                udp.sendto(b'u', udp.getsockname()); udp.recv(1)
            """,
        ["TCP connections in every state"] = """
            import socket, time
            tcp = socket.create_server(('127.0.0.1', 0)); a = tcp.getsockname()
            unaccepted = [socket.create_connection(a) for i in range(3)]
            half = socket.create_connection(a); s = [tcp.accept()[0] for i in range(4)]; half.shutdown(socket.SHUT_WR)
            full = socket.create_connection(a); full.setblocking(False); f = tcp.accept()[0]
            try:
                while True: full.send(b'x' * 65536)
            except BlockingIOError: pass
            more = [socket.create_connection(a) for i in range(3)]; more[0].close()
            syn = socket.socket(); syn.setblocking(False)
            try: syn.connect(('10.0.0.1', 80))
            except OSError: pass
            refused = socket.socket(); refused.setblocking(False)
            try: refused.connect(('127.0.0.1', 1))
            except OSError: pass
            six = socket.socket(socket.AF_INET6); six.bind(('::1', 0)); six.listen()
            c6 = socket.socket(socket.AF_INET6); c6.connect(six.getsockname())
            print('begun', flush=True)
            got = 0
            while True:
                got += len(f.recv(100)); s[0].settimeout(1)
                time.sleep(0.01)
            """,
        ["descriptors of every kind"] = """
            import ctypes, os, socket, array, time, tempfile
            libc = ctypes.CDLL(None, use_errno=True)
            seg = libc.shmget(0, 1<<20, 0o1600); libc.shmat.restype = ctypes.c_void_p; p = libc.shmat(seg, None, 0); ctypes.memset(p, 65, 1<<20)
            sem = libc.semget(0, 4, 0o1600); q = libc.msgget(0, 0o1600); libc.msgsnd(q, b'\1\0\0\0\0\0\0\0hello', 5, 0)
            a, b = socket.socketpair(); r, w = os.pipe(); f = open('/workspace/sent', 'w')
            a.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [r, f.fileno()]))])
            nl = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); nl.bind((0,0))
            os.mkdir('/workspace/gone'); os.chdir('/workspace/gone'); os.rmdir('/workspace/gone')
            d = os.open('/proc', os.O_RDONLY); files = [open(x) for x in ('/proc/self/status','/proc/self/maps','/proc/mounts','/proc/net/tcp','/dev/null','/dev/zero','/dev/urandom')]
            path = os.open('/usr/lib', os.O_PATH); dirs = [os.scandir(x) for x in ('/usr/lib','/usr/bin','/etc','/proc','/dev','/opt/sandbox')]; [next(x) for x in dirs]
            ctx = ctypes.c_long(0); libc.syscall(206, 8, ctypes.byref(ctx))
            os.posix_fallocate
            sparse = open('/workspace/sparse','wb'); sparse.truncate(10<<30)
            if os.fork() == 0: os._exit(0)
            stopped = os.fork()
            if stopped == 0: time.sleep(1000)
            import signal; os.kill(stopped, signal.SIGSTOP)
            m, s = os.openpty(); t = os.open('/dev/ptmx', os.O_RDWR)
            print('begun', flush=True)
            while True:
                assert ctypes.string_at(p, 4) == b'AAAA'; time.sleep(0.01)
            """,
        ["a process without its first thread"] = """
            import threading, ctypes, time
            threading.Thread(target=lambda: time.sleep(10000)).start()
            print('begun', flush=True)
            import os
            pid = os.fork()
            if pid == 0:
                def run():
                    while True: time.sleep(0.01)
                threading.Thread(target=run).start()
                ctypes.CDLL(None).syscall(60, 0)
            time.sleep(1000)
            """,
        ["sets within sets of what is waited for"] = """
            import select, os, time, ctypes
            libc = ctypes.CDLL(None)
            eps = [select.epoll() for i in range(5)]
            for x, y in zip(eps, eps[1:]): x.register(y.fileno(), 1)
            r, w = os.pipe(); eps[-1].register(r, 1|(1<<31)); tfd = libc.timerfd_create(1, 0); eps[-1].register(tfd, 1)
            ino = libc.inotify_init1(0); libc.inotify_add_watch(ino, b'/workspace', 0xfff); eps[0].register(ino, 1)
            ev = libc.eventfd(0, 0); eps[0].register(ev, 1)
            m, s = os.openpty(); pass
            os.mkfifo('/workspace/ff'); ff = os.open('/workspace/ff', os.O_RDWR); eps[0].register(ff, 1)
            print('begun', flush=True)
            while True: os.write(w, b'x'); os.read(r, 1); libc.eventfd_write(ev, 1)
            """,
        ["a pool of processes"] = """
            import subprocess, multiprocessing, sys
            p = [subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE) for i in range(10)]
            pool = multiprocessing.Pool(4)
            print('begun', flush=True)
            while True:
                for x in p: x.stdin.write(b'hello\n'); x.stdin.flush(); assert x.stdout.readline() == b'hello\n'
                assert pool.map(abs, range(-10, 0)) == list(range(10, 0, -1))
            """,
        ["databases"] = """
            import sqlite3
            db = sqlite3.connect('/workspace/db'); db.execute('pragma journal_mode=wal'); db.execute('create table t(x)')
            mem = sqlite3.connect(':memory:'); mem.execute('create table t(x)')
            print('begun', flush=True)
            while True:
                with db: db.execute('insert into t values(1)')
                with mem: mem.execute('insert into t values(1)')
            """,
        ["waits of every kind"] = """
            import os, select, threading, signal, time, fcntl, socket
            r, w = os.pipe(); p = select.poll(); p.register(r, 1); e = select.epoll(); e.register(r, 1)
            a, b = socket.socketpair(); b.settimeout(100)
            f = open('/workspace/l', 'w'); fcntl.flock(f, fcntl.LOCK_EX); g = open('/workspace/l', 'w')
            waits = [lambda: select.select([r], [], [], 100), lambda: select.select([r], [], []), lambda: p.poll(100000), lambda: e.poll(100), lambda: time.sleep(100), lambda: threading.Event().wait(100), lambda: signal.sigtimedwait([signal.SIGUSR1], 100), lambda: b.recv(1), lambda: fcntl.flock(g, fcntl.LOCK_EX), lambda: os.read(r, 1)]
            for wait in waits: threading.Thread(target=wait).start()
            if os.fork() == 0: time.sleep(100)
            print('begun', flush=True)
            os.wait()
            """,
    };
}
