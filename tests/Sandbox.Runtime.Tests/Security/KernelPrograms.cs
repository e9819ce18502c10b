namespace Sandbox.Runtime.Tests.Security;

/// <summary>Calls and files of the kernel that lead out, and what of the host could be seen.</summary>
internal static class KernelPrograms
{
    public static readonly HostileProgram[] All =
    [
        new("mounts", """
            attempt('tmpfs', lambda: call(165, 40, b'none', b'/workspace', b'tmpfs', ctypes.c_long(0), None))
            attempt('proc', lambda: call(165, 40, b'none', b'/workspace', b'proc', ctypes.c_long(0), None))
            attempt('bind', lambda: call(165, 40, b'/usr', b'/workspace', None, ctypes.c_long(4096), None))
            attempt('remount', lambda: call(165, 40, None, b'/usr', None, ctypes.c_long(32 | 4096), None))
            attempt('umount', lambda: call(166, 39, b'/proc', 2))
            attempt('fsopen', lambda: call(430, 430, b'tmpfs', 0))
            attempt('open_tree', lambda: call(428, 428, -100, b'/', 1))
            attempt('mount_setattr', lambda: call(442, 442, -100, b'/', 0, None, ctypes.c_long(0)))
            attempt('pivot_root', lambda: call(155, 41, b'/workspace', b'/workspace'))
            attempt('chroot', lambda: os.chroot('/workspace'))
            """),
        new("device nodes", """
            for kind, major, minor in ((stat.S_IFBLK, 8, 0), (stat.S_IFBLK, 254, 0), (stat.S_IFCHR, 1, 1), (stat.S_IFCHR, 10, 200), (stat.S_IFCHR, 5, 1)):
                attempt(f'{major}:{minor}', lambda: os.mknod(f'/workspace/d{major}{minor}', kind | 0o666, os.makedev(major, minor)))
            # gVisor has a fuse and a tun of its own: without mounts and capabilities they lead nowhere.
            own = () if isolation == 'Strong' else ('fuse', 'net/tun')
            for name in own + ('mem', 'kmem', 'port', 'sda', 'vda', 'kmsg', 'kvm', 'loop-control', 'mapper/control', 'console', 'tty0', 'cpu_dma_latency', 'vsock', 'vhost-net'):
                attempt('/dev/' + name, lambda: os.open('/dev/' + name, os.O_RDWR))
            """) { Artifacts = [] },
        new("new namespaces", """
            def enter(flag):
                pid = os.fork()
                if pid == 0:
                    try: call(272, 97, ctypes.c_long(flag))
                    except OSError: os._exit(0)
                    os._exit(1)
                return os.waitpid(pid, 0)[1]
            for name, flag in (('user', 0x10000000), ('mount', 0x20000), ('pid', 0x20000000), ('net', 0x40000000), ('ipc', 0x8000000), ('uts', 0x4000000), ('cgroup', 0x2000000)):
                attempt('unshare ' + name, lambda: enter(flag), (0,))
            def clone(flag):
                pid = call(56, 220, ctypes.c_long(flag | 17), None, None, None, None)
                if pid == 0: os._exit(0)
                return pid
            attempt('clone user', lambda: clone(0x10000000))
            arguments = struct.pack('QQQQQQQQQQQ', 0x10000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0)
            def clone3():
                pid = call(435, 435, arguments, ctypes.c_long(len(arguments)))
                if pid == 0: os._exit(0)
                return pid
            attempt('clone3 user', clone3)
            def join(kind):
                fd = os.open('/proc/1/ns/' + kind, os.O_RDONLY)
                return call(308, 268, fd, 0)
            for kind in ('mnt', 'net', 'pid', 'user', 'uts', 'ipc'): attempt('setns ' + kind, lambda: join(kind))
            attempt('setns by pidfd', lambda: call(308, 268, os.pidfd_open(1), 0x20000))
            """),
        new("bpf", """
            attributes = ctypes.create_string_buffer(struct.pack('IIII', 2, 4, 8, 16), 128)
            for command in (0, 5, 14): attempt(f'command {command}', lambda: call(321, 280, command, attributes, 128))
            """),
        new("keys of the kernel", """
            attempt('add_key', lambda: call(248, 217, b'user', b'x', b'secret', ctypes.c_long(6), -3))
            attempt('request_key', lambda: call(249, 218, b'user', b'x', None, -3))
            for command in range(12): attempt(f'keyctl {command}', lambda: call(250, 219, command, -3, 0, 0, 0))
            attempt('/proc/keys', lambda: read('/proc/keys'), (b'',))
            """),
        new("io_uring", """
            attempt('setup', lambda: call(425, 425, 8, ctypes.create_string_buffer(120)))
            attempt('enter', lambda: call(426, 426, 0, 1, 0, 0, None))
            attempt('register', lambda: call(427, 427, 0, 0, None, 0))
            """),
        new("perf", """
            attributes = ctypes.create_string_buffer(struct.pack('IIQ', 1, 112, 0), 112)
            attempt('own', lambda: call(298, 241, attributes, 0, -1, -1, 0))
            attempt('all', lambda: call(298, 241, attributes, -1, 0, -1, 0))
            """),
        new("userfaultfd", """
            attempt('any', lambda: call(323, 282, 0))
            attempt('user mode only', lambda: call(323, 282, 1))
            """),
        new("administration of the kernel", """
            attempt('init_module', lambda: call(175, 105, b'x', ctypes.c_long(1), b''))
            attempt('finit_module', lambda: call(313, 273, 0, b'', 0))
            attempt('kexec', lambda: call(246, 104, ctypes.c_long(0), ctypes.c_long(0), None, ctypes.c_long(0)))
            attempt('reboot', lambda: call(169, 142, 0xfee1dead - (1 << 32), 672274793, 0x1234567, None))
            attempt('syslog', lambda: call(103, 116, 3, ctypes.create_string_buffer(64), 64))
            attempt('acct', lambda: call(163, 89, b'/workspace/acct'))
            attempt('swapon', lambda: call(167, 224, b'/workspace/x', 0))
            attempt('quotactl', lambda: call(179, 60, 0x800002, b'/dev/vda', 0, None))
            attempt('sethostname', lambda: socket.sethostname('owned'))
            attempt('settime', lambda: time.clock_settime(time.CLOCK_REALTIME, 0))
            attempt('adjtime', lambda: call(164, 170, struct.pack('qq', 1, 1), None))
            attempt('vhangup', lambda: call(153, 58))
            if not ARM: attempt('iopl', lambda: call(172, 0, 3)); attempt('ioperm', lambda: call(173, 0, ctypes.c_long(0), ctypes.c_long(8), 1))
            """),
        new("other doors to the same calls", """
            import mmap
            # Whoever comes in by another door than the processor's own is ended.
            def ends(action):
                pid = os.fork()
                if pid == 0: os._exit(1 if action() == 0 else 0)
                return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            if not ARM:
                attempt('x32 unshare', lambda: ends(lambda: libc.syscall(ctypes.c_long(0x40000000 + 272), ctypes.c_long(0x10000000))), (-signal.SIGSYS, 0))
                # The 32-bit entry: mov eax, 310 (unshare); mov ebx, CLONE_NEWUSER; int 0x80; neg eax; ret
                code = b'\x53\xb8\x36\x01\x00\x00\xbb\x00\x00\x00\x10\xcd\x80\xf7\xd8\x5b\xc3'
                page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
                page.write(code)
                enter = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
                attempt('32-bit unshare', lambda: ends(enter), (-signal.SIGSYS, -signal.SIGSEGV, 0))
            """),
        new("files by handle", """
            handle = struct.pack('Ii', 8, 1) + struct.pack('Q', 2)
            attempt('open_by_handle_at', lambda: call(304, 265, os.open('/usr', os.O_RDONLY), ctypes.create_string_buffer(handle, 128), 0))
            """),
        new("settings of the kernel", """
            for name in ('kernel/core_pattern', 'kernel/modprobe', 'kernel/hostname', 'kernel/sysrq', 'vm/overcommit_memory', 'vm/drop_caches', 'fs/suid_dumpable', 'net/ipv4/ip_forward', 'user/max_user_namespaces', 'kernel/pid_max', 'kernel/ns_last_pid'):
                attempt(name, lambda: write('/proc/sys/' + name, '1'))
            attempt('sysrq', lambda: write('/proc/sysrq-trigger', 'c'))
            """),
        new("settings of devices and the system", """
            for path in ('/sys/kernel/uevent_helper', '/sys/power/state', '/sys/kernel/mm/transparent_hugepage/enabled', '/sys/fs/cgroup/cgroup.procs', '/sys/module/kernel/parameters/panic'):
                attempt(path, lambda: write(path, '1'))
            # The /sys of gVisor tells of gVisor.
            if isolation == 'Standard': attempt('list', lambda: os.listdir('/sys'), ([],))
            """),
        new("leaves its cgroup", """
            for root, folders, files in os.walk('/sys/fs/cgroup'):
                for name in ('cgroup.procs', 'tasks', 'release_agent', 'memory.max', 'memory.limit_in_bytes', 'pids.max', 'notify_on_release'):
                    if name in files: attempt(root + name, lambda: write(os.path.join(root, name), '0'))
            attempt('mount v1', lambda: call(165, 40, b'x', b'/workspace', b'cgroup', ctypes.c_long(0), b'memory'))
            attempt('mount v2', lambda: call(165, 40, b'x', b'/workspace', b'cgroup2', ctypes.c_long(0), None))
            seen = open('/proc/self/cgroup').read() if os.path.exists('/proc/self/cgroup') else ''
            attempt('sees its place', lambda: 'sbx_' in seen, (False,))
            """),
        new("facts of the host's kernel", """
            for name in ('kcore', 'kmsg', 'keys', 'timer_list', 'sched_debug', 'slabinfo', 'vmallocinfo', 'modules', 'interrupts', 'kallsyms'):
                attempt('/proc/' + name, lambda: read('/proc/' + name), (b'',))
            """),
        new("becomes root", """
            for name in ('setuid', 'setgid', 'seteuid'): attempt(name, lambda: getattr(os, name)(0))
            attempt('setgroups', lambda: os.setgroups([0]))
            class Header(ctypes.Structure): _fields_ = [('version', ctypes.c_uint32), ('pid', ctypes.c_int)]
            every = struct.pack('IIIIII', *([0xffffffff] * 6))
            attempt('capset', lambda: call(126, 91, ctypes.byref(Header(0x20080522, 0)), every))
            attempt('ambient', lambda: call(157, 167, 47, ctypes.c_long(2), ctypes.c_long(21), ctypes.c_long(0), ctypes.c_long(0)))
            held = [line for line in open('/proc/self/status') if line.startswith('Cap') and int(line.split()[1], 16)]
            attempt('capabilities', lambda: held, ([],))
            """),
        new("setuid files", """
            import shutil
            shutil.copy('/usr/bin/id', '/workspace/id')
            os.chmod('/workspace/id', 0o6755)
            attempt('own file', lambda: subprocess.run(['/workspace/id', '-u'], capture_output=True).stdout, (b'1000\n',))
            for path in ('/usr/bin/su', '/usr/bin/mount', '/usr/bin/newgrp', '/usr/bin/chsh', '/usr/bin/passwd'):
                if os.path.exists(path): subprocess.run([path, '--version'], stdin=subprocess.DEVNULL)
            attempt('no_new_privs', lambda: libc.prctl(39, 0, 0, 0, 0), (1,))
            attempt('file capability', lambda: os.setxattr('/workspace/id', 'security.capability', struct.pack('IIIII', 0x2000001, 0xffffffff, 0, 0, 0)))
            """),
        new("files of the host", """
            for path in (host_file, '/etc/shadow', '/root/.bashrc', '/root/.ssh/id_rsa', '/var/lib/dpkg/status', '/etc/machine-id', '/etc/ssh/sshd_config', '/proc/1/root' + host_file, '/proc/self/root' + host_file, '/../..' + host_file, '/proc/self/cwd/../..' + host_file, '/run/sandbox/../box.json', '/var/run/docker.sock', '/run/containerd/containerd.sock', '/boot/vmlinuz'):
                attempt(path, lambda: read(path))
            """),
        new("writes outside of its folders", """
            for path in ('/x', '/etc/x', '/etc/passwd', '/usr/x', '/usr/bin/python3', '/opt/sandbox/sandbox-agent', '/opt/sandbox/x', '/opt/sandbox/kernels/python.py', '/run/x', '/run/sandbox/x', '/home/x', '/root/x', '/var/tmp/x', '/dev/x', '/proc/x'):
                attempt(path, lambda: write(path, 'x'))
            attempt('chmod', lambda: os.chmod('/usr/bin', 0o777))
            attempt('chown', lambda: os.chown('/tmp', 1000, 1000))
            attempt('remove', lambda: os.unlink('/usr/bin/id'))
            """),
        new("leaked descriptors", """
            for name in sorted(os.listdir('/proc/self/fd'), key=int):
                try: target = os.readlink('/proc/self/fd/' + name)
                except OSError: continue
                attempt(name + ' ' + target, lambda: int(name) < 4 or target.startswith('/proc/'), (True,))
            for fd in range(4): attempt(f'up from {fd}', lambda: os.open('..', os.O_RDONLY, dir_fd=fd))
            """),
        new("leaked environment", """
            attempt('token', lambda: [name for name in os.environ if 'SANDBOX' in name.upper() or 'TOKEN' in name.upper()], ([],))
            """),
        new("terminal input", """
            import fcntl, termios
            for fd in range(4): attempt(f'TIOCSTI {fd}', lambda: fcntl.ioctl(fd, termios.TIOCSTI, b'x'))
            attempt('tty', lambda: os.open('/dev/tty', os.O_RDWR))
            """),
    ];
}
