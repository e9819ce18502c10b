namespace Sandbox.Runtime.Tests.Security;

/// <summary>Ways out over sockets. The host listens on its loopback and on an abstract name; nobody may reach either.</summary>
internal static class NetworkPrograms
{
    public static readonly HostileProgram[] All =
    [
        new("raw and packet sockets", """
            for name, arguments in (
                ('packet', (17, socket.SOCK_RAW, 0x300)), ('packet datagram', (17, socket.SOCK_DGRAM, 0x300)),
                ('icmp', (socket.AF_INET, socket.SOCK_RAW, 1)), ('raw', (socket.AF_INET, socket.SOCK_RAW, 255)), ('raw 6', (socket.AF_INET6, socket.SOCK_RAW, 58)),
                ('vsock', (40, socket.SOCK_STREAM, 0)), ('alg', (38, socket.SOCK_SEQPACKET, 0)), ('key', (15, socket.SOCK_RAW, 2)), ('bluetooth', (31, socket.SOCK_RAW, 1)),
                ('can', (29, socket.SOCK_RAW, 1)), ('tipc', (30, socket.SOCK_RDM, 0)), ('rds', (21, socket.SOCK_SEQPACKET, 0)), ('xdp', (44, socket.SOCK_RAW, 0)), ('qrtr', (42, socket.SOCK_DGRAM, 0)),
                ('audit', (16, socket.SOCK_RAW, 9)), ('netfilter', (16, socket.SOCK_RAW, 12)), ('generic', (16, socket.SOCK_RAW, 16)), ('uevent', (16, socket.SOCK_RAW, 15))):
                attempt(name, lambda: socket.socket(*arguments))
            """),
        new("abstract sockets of the host", """
            def connect(kind):
                s = socket.socket(socket.AF_UNIX, kind); s.settimeout(3); s.connect('\0' + host_abstract)
            attempt('host', lambda: connect(socket.SOCK_STREAM))
            attempt('none listed', lambda: host_abstract in open('/proc/net/unix').read(), (False,))
            """),
        new("the host's loopback", """
            def connect(address, family=socket.AF_INET):
                s = socket.socket(family, socket.SOCK_STREAM); s.settimeout(3); s.connect((address, int(host_port)))
            for address in ('127.0.0.1', '127.1.2.3', '0.0.0.0', 'localhost'): attempt(address, lambda: connect(address))
            for address in ('::1', '::ffff:127.0.0.1'): attempt(address, lambda: connect(address, socket.AF_INET6))
            """),
        new("addresses of metadata and the internet", """
            def connect(address, port, family=socket.AF_INET):
                s = socket.socket(family, socket.SOCK_STREAM); s.settimeout(3); s.connect((address, port))
            def send(address, port):
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', (address, port))
            for address in ('169.254.169.254', '100.100.100.200', '10.0.0.1', '172.17.0.1', '192.168.0.1', '1.1.1.1'):
                attempt(address, lambda: connect(address, 80))
                attempt(address + ' datagram', lambda: send(address, 53))
            attempt('ipv6 metadata', lambda: connect('fd00:ec2::254', 80, socket.AF_INET6))
            attempt('names', lambda: socket.getaddrinfo('example.com', 80))
            """),
        new("network interfaces", """
            import fcntl
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            attempt('only loopback', lambda: {name for _, name in socket.if_nameindex()} - {'lo'}, (set(),))
            request = struct.pack('16sH14s', b'lo', 1, b'')
            for name, number in (('flags', 0x8914), ('address', 0x8916), ('route', 0x890b)): attempt(name, lambda: fcntl.ioctl(s, number, request.ljust(128, b'\0')))
            def add_link():
                s = socket.socket(16, socket.SOCK_RAW, 0)
                s.bind((0, 0))
                s.send(struct.pack('IHHII', 32, 16, 0x605, 1, 0) + struct.pack('BBHiII', 0, 0, 0, 0, 1, 1))
                return struct.unpack('i', s.recv(4096)[16:20])[0]
            attempt('new link', add_link, (-1, -13, -95))
            """),
    ];
}
