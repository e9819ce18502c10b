using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

/// <summary>A tree of files, out of one sandbox and into another.</summary>
public sealed class TreeTests(AgentBinary binary)
{
    private const long Plenty = 1L << 40;

    // Everything that matters of every file, in the order of names; what is no text is quoted.
    private const string Describe = """
        import os, stat, hashlib
        for folder, names, files in sorted(os.walk(b'.')):
            for name in sorted(names + files):
                path = os.path.join(folder, name)
                s = os.lstat(path)
                what = os.readlink(path) if stat.S_ISLNK(s.st_mode) else hashlib.sha256(open(path, 'rb').read()).hexdigest() if stat.S_ISREG(s.st_mode) and s.st_mode & 0o400 else ''
                print(path, oct(s.st_mode), s.st_mtime_ns, s.st_size if stat.S_ISREG(s.st_mode) else 0, s.st_nlink if stat.S_ISREG(s.st_mode) else 0, what)
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tree_OfEveryKind_IsTheSameElsewhere()
    {
        const string make = """
            import os
            os.makedirs('a/b/empty'); os.mkdir('shut', 0o500)
            open('text', 'w').write('text'); open('bytes', 'wb').write(bytes(range(256)) * 1000); open('none', 'w').close()
            os.chmod('bytes', 0o751); os.chmod('a', 0o1777)
            open(b'line\nbreak', 'w').write('1'); open(b'not \xff utf8', 'w').write('2'); open('a/' + 'n' * 255, 'w').write('3'); open('ünï', 'w').write('4')
            open(b'-rf *', 'w').write('5'); open(b' ', 'w').write('6'); open('a/b/....', 'w').write('7')
            os.symlink('text', 'link'); os.symlink('/etc/passwd', 'out'); os.symlink('loop', 'loop'); os.symlink(b'\xfe' * 300, 'a/far'); os.symlink('../..', 'a/b/up')
            os.link('text', 'a/same'); os.link('bytes', 'a/b/bytes too')
            with open('holes', 'wb') as f:
                f.truncate(1 << 33); f.seek(5 << 20); f.write(b'middle'); f.seek((1 << 33) - 3); f.write(b'end')
            with open('hollow', 'wb') as f: f.truncate(1 << 20)
            deep = 'd'
            for i in range(60): os.makedirs(deep); deep += '/' + 'd' * 50
            for i, path in enumerate(['text', 'a/b/empty', 'a', 'link', 'none']):
                os.utime(path, ns=(0, [1, 1_500_000_000_123_456_789, -1_500_000_001, 0, -(10 ** 18)][i]), follow_symlinks=False)
            """;
        await using AgentBox source = await AgentBox.Start(binary);
        await using AgentClient from = await source.Connect();
        await Python(from, make);
        await using AgentBox target = await AgentBox.Start(binary);
        await using AgentClient to = await target.Connect();

        (byte[] stream, TreeExported exported) = await Export(from);
        TreeImported imported = await to.ImportTree(new ImportTreeRequest("/workspace"), new MemoryStream(stream), Cancellation);

        // The file of eight gigabytes has a few pages of data.
        Assert.InRange(stream.Length, 300_000, 4 << 20);
        Assert.Equal((exported.Entries, 0), (imported.Entries, exported.Skipped));
        Assert.Equal(await Described(from), await Described(to));
        Assert.Equal("True", await Python(to, "import os; print(os.stat('holes').st_blocks < 20000 and os.stat('hollow').st_blocks == 0)"));
    }

    [Fact]
    public async Task Stream_IsWhatTarReads()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await Python(client, "import os\nos.makedirs('x/y')\nopen('x/' + 'n' * 200, 'w').write('long')\nos.symlink('n', 'x/l')\nf = open('holes', 'wb'); f.truncate(1 << 30); f.write(b'data'); f.close()");

        (byte[] stream, _) = await Export(client);
        await client.WriteFile(new WriteFileRequest("/tmp/tree.tar"), new MemoryStream(stream), Cancellation);
        string unpacked = (await client.RunShell("mkdir /tmp/out && tar -C /tmp/out -xf /tmp/tree.tar && cd /tmp/out && find . -printf '%P %y %s\\n' | sort && head -c 4 holes")).Out;

        Assert.Contains($"x/{new string('n', 200)} f 4\n", unpacked);
        Assert.Contains("holes f 1073741824\n", unpacked);
        Assert.Contains("x/l l 1\n", unpacked);
        Assert.EndsWith("data", unpacked);
    }

    [Fact]
    public async Task Export_WhatCannotBeKept_IsLeftOutAndCounted()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await Python(client, """
            import os, socket
            os.mkfifo('pipe'); socket.socket(socket.AF_UNIX).bind('socket')
            open('secret', 'w').close(); os.chmod('secret', 0); os.mkdir('closed'); os.chmod('closed', 0)
            open('kept', 'w').write('1')
            for i in range(700): os.mkdir('d'); os.chdir('d')
            """);

        (_, TreeExported exported) = await Export(client);

        // Two nodes, two that the user shut itself out of, and what lies below the deepest folder that is gone into.
        Assert.Equal(5, exported.Skipped);
        Assert.InRange(exported.Entries, 500, 514);
    }

    [Fact]
    public async Task Export_WhileFilesGrowShrinkAndVanish_IsAWholeStream()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("for i in $(seq 40); do head -c 300000 /dev/urandom >f$i; done");
        await using IAgentExec churn = await client.Exec(new ExecRequest("churn", 0, Runs.Shell("while :; do for i in $(seq 40); do echo more >>f$i; truncate -s 1000 f$i; rm -f g$i; mv f$i g$i; head -c 300000 /dev/zero >f$i; done; done")), default, default, Cancellation);
        await using AgentBox other = await AgentBox.Start(binary);
        await using AgentClient to = await other.Connect();

        for (int i = 0; i < 10; i++)
        {
            (byte[] stream, TreeExported exported) = await Export(client);
            TreeImported imported = await to.ImportTree(new ImportTreeRequest("/workspace"), new MemoryStream(stream), Cancellation);
            Assert.Equal(exported.Entries, imported.Entries);
        }
    }

    [Fact]
    public async Task Export_OfMoreThanIsAllowed_IsRefused()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("head -c 3000000 /dev/zero >f");

        AgentRequestException refused = await Assert.ThrowsAsync<AgentRequestException>(() => Export(client, 2_000_000));

        Assert.Equal(AgentErrors.TooLarge, refused.Code);
    }

    [Fact]
    public async Task Import_OnAFullDisk_IsRefused()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient from = await box.Connect();
        await from.RunShell("head -c 3000000 /dev/zero >f");
        (byte[] stream, _) = await Export(from);
        await using AgentBox small = await AgentBox.Start(binary, disk: "1m");
        await using AgentClient to = await small.Connect();

        AgentRequestException refused = await Assert.ThrowsAsync<AgentRequestException>(
            () => to.ImportTree(new ImportTreeRequest("/workspace"), new MemoryStream(stream), Cancellation));

        Assert.Equal(AgentErrors.NoSpace, refused.Code);
    }

    [Fact]
    public async Task Import_OfAStreamThatWasCutAnywhere_IsRefused()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("mkdir d; echo text >d/f; ln -s f d/l");
        (byte[] stream, _) = await Export(client);

        for (int length = 0; length < stream.Length - 1024; length += 100)
        {
            AgentRequestException refused = await Assert.ThrowsAsync<AgentRequestException>(
                () => client.ImportTree(new ImportTreeRequest("/workspace"), new MemoryStream(stream, 0, length), Cancellation));
            Assert.Equal(AgentErrors.Invalid, refused.Code);
        }
    }

    [Theory]
    [InlineData("../out")]
    [InlineData("/tmp/out")]
    [InlineData("a/../../out")]
    [InlineData("a/./b")]
    [InlineData("a//b")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("link/out")]
    public async Task Import_OfPathsThatLeadElsewhere_MakesNothingThere(string path)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("ln -s /tmp link");

        await Assert.ThrowsAsync<AgentRequestException>(
            () => client.ImportTree(new ImportTreeRequest("/workspace"), new MemoryStream(Forged(path)), Cancellation));

        Assert.Equal("link\n", (await client.RunShell("ls /workspace; ls /tmp")).Out);
    }

    [Fact]
    public async Task Import_OfNoise_IsRefusedAndTheAgentServesOn()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("mkdir d; echo text >d/f; truncate -s 1M d/h; echo x >>d/h");
        (byte[] stream, _) = await Export(client);
        var random = new Random(7);

        for (int i = 0; i < 200; i++)
        {
            byte[] noise = stream.ToArray();
            for (int j = 0; j < 3; j++)
                noise[random.Next(noise.Length)] = (byte)random.Next(256);
            try
            {
                await client.ImportTree(new ImportTreeRequest("/workspace"), new MemoryStream(noise), Cancellation);
            }
            catch (AgentRequestException)
            {
                // Refused or not: what counts is that nothing breaks.
            }
        }

        Assert.Equal("alive\n", (await client.RunShell("echo alive")).Out);
    }

    [Fact]
    public async Task Tree_OfManyFiles_GoesThroughWhileTheAgentStaysSmall()
    {
        await using AgentBox source = await AgentBox.Start(binary, disk: "400m", inodes: 120_000);
        await using AgentClient from = await source.Connect();
        await Python(from, "import os\nfor i in range(100):\n    os.mkdir(f'd{i}')\n    for j in range(1000): open(f'd{i}/{j}', 'w').close()");
        await using AgentBox target = await AgentBox.Start(binary, disk: "400m", inodes: 120_000);
        await using AgentClient to = await target.Connect();

        await using AgentTree tree = await from.ExportTree(new ExportTreeRequest("/workspace", Plenty), Cancellation);
        TreeImported imported = await to.ImportTree(new ImportTreeRequest("/workspace"), tree.Content, Cancellation);

        Assert.Equal((100_100, 100_100L), (imported.Entries, tree.Exported!.Entries));
        Assert.InRange(source.PeakResidentKilobytes, 1, 24 * 1024);
        Assert.InRange(target.PeakResidentKilobytes, 1, 24 * 1024);
    }

    private static async Task<(byte[] Stream, TreeExported Exported)> Export(AgentClient client, long maxBytes = Plenty)
    {
        await using AgentTree tree = await client.ExportTree(new ExportTreeRequest("/workspace", maxBytes), Cancellation);
        using var copy = new MemoryStream();
        await tree.Content.CopyToAsync(copy, Cancellation);
        return (copy.ToArray(), tree.Exported!);
    }

    private static async Task<string> Described(AgentClient client) => await Python(client, Describe);

    private static async Task<string> Python(AgentClient client, string code)
    {
        await client.WriteFile(new WriteFileRequest("/tmp/program.py"), new MemoryStream(Encoding.UTF8.GetBytes(code)), Cancellation);
        var run = await client.RunShell("python3 -I /tmp/program.py 2>&1");
        Assert.True(run.Result.ExitCode == 0, run.Out);
        return run.Out.TrimEnd('\n');
    }

    // An empty file, as a header alone and the end.
    private static byte[] Forged(string path)
    {
        byte[] stream = new byte[3 * 512];
        Encoding.UTF8.GetBytes(path).CopyTo(stream, 0);
        "0000644\0"u8.CopyTo(stream.AsSpan(100));
        "00000000000\0"u8.CopyTo(stream.AsSpan(124));
        "00000000000\0"u8.CopyTo(stream.AsSpan(136));
        "        0"u8.CopyTo(stream.AsSpan(148));
        int sum = stream.Take(512).Sum(value => value);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(stream, 148);
        return stream;
    }
}
