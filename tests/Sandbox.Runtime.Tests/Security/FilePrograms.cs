using Sandbox.Protocol;

namespace Sandbox.Runtime.Tests.Security;

/// <summary>Files that are traps for whoever collects them.</summary>
internal static class FilePrograms
{
    private static readonly string LongName = new('n', 255);

    public static readonly HostileProgram[] All =
    [
        new("symbolic links as artifacts", """
            write('/workspace/real.txt', 'x')
            os.symlink('/etc/passwd', '/workspace/link.txt')
            os.symlink('/proc/1/environ', '/workspace/environ')
            os.symlink('/proc/self/root', '/workspace/root')
            os.symlink('/', '/workspace/folder')
            os.symlink('loop', '/workspace/loop')
            os.symlink('/run/sandbox/agent.sock', '/workspace/socket')
            """)
        {
            Artifacts = ["real.txt"],
            Refused = new Dictionary<string, string>
            {
                ["link.txt"] = AgentErrors.NotRegular, ["environ"] = AgentErrors.NotRegular, ["loop"] = AgentErrors.NotRegular,
                ["folder/etc/passwd"] = AgentErrors.NotRegular, ["root/etc/passwd"] = AgentErrors.NotRegular, ["socket"] = AgentErrors.NotRegular,
            },
        },
        new("hard links as artifacts", """
            write('/workspace/real.txt', 'x')
            os.link('/workspace/real.txt', '/workspace/again.txt')
            for path in ('/etc/passwd', '/usr/bin/id', '/proc/self/environ', '/opt/sandbox/sandbox-agent', '/run/sandbox/agent.sock'):
                attempt(path, lambda: os.link(path, '/workspace/stolen'))
            """) { Artifacts = ["again.txt", "real.txt"] },
        new("pipes and sockets as artifacts", """
            os.mkfifo('/workspace/pipe')
            s = socket.socket(socket.AF_UNIX); s.bind('/workspace/socket'); s.listen()
            """)
        {
            Artifacts = [],
            Refused = new Dictionary<string, string> { ["pipe"] = AgentErrors.NotRegular, ["socket"] = AgentErrors.NotRegular },
        },
        new("devices as artifacts", """
            os.symlink('/dev/zero', '/workspace/zero')
            attempt('null', lambda: os.mknod('/workspace/null', stat.S_IFCHR | 0o666, os.makedev(1, 3)))
            attempt('zero', lambda: os.mknod('/workspace/endless', stat.S_IFCHR | 0o666, os.makedev(1, 5)))
            attempt('whiteout', lambda: os.mknod('/workspace/whiteout', stat.S_IFCHR | 0o666, 0), (None,))
            """) { Artifacts = [], Refused = new Dictionary<string, string> { ["zero"] = AgentErrors.NotRegular, ["endless"] = AgentErrors.NotFound } },
        new("sparse file as an artifact", """
            with open('/workspace/sparse', 'wb') as f: f.truncate(1 << 40)
            """) { Artifacts = ["sparse"], Refused = new Dictionary<string, string> { ["sparse"] = AgentErrors.TooLarge } },
        new("unreadable files as artifacts", """
            write('/workspace/secret', 'x'); os.chmod('/workspace/secret', 0)
            os.mkdir('/workspace/closed', 0)
            """) { Artifacts = ["secret"], Refused = new Dictionary<string, string> { ["secret"] = AgentErrors.Denied } },
        new("names as traps", $$"""
            for name in ('new\nline', 'tab\t', '-rf', ' ', '"quoted"', '\\', '*', 'n' * 255, 'ä', '\x1b[31m'): write('/workspace/' + name, 'x')
            os.close(os.open(b'/workspace/\xff\xfe', os.O_CREAT | os.O_WRONLY))
            """) { Artifacts = [.. new[] { "new\nline", "tab\t", "-rf", " ", "\"quoted\"", "\\", "*", LongName, "ä", "\x1b[31m" }.Order(StringComparer.Ordinal)] },
        new("deep folders", """
            os.chdir('/workspace')
            for i in range(3000):
                os.mkdir('d')
                os.chdir('d')
            write('bottom', 'x')
            """) { Artifacts = [] },
        new("many files", """
            for i in range(7000): os.close(os.open(f'/workspace/{i}', os.O_CREAT | os.O_WRONLY))
            say('made')
            """) { Says = ["made"] },
        new("takes the folder away", """
            import shutil
            attempt('workspace', lambda: os.rmdir('/workspace'))
            attempt('rename', lambda: os.rename('/workspace', '/tmp/w'))
            os.chmod('/tmp', 0) if os.stat('/tmp').st_uid == 1000 else None
            """) { Artifacts = [] },
    ];
}
