using System.Text;
using Sandbox.Packages.Node;
using Sandbox.Packages.Tests.Testing;
using Sandbox.Packages.Upstream;

namespace Sandbox.Packages.Tests.Node;

/// <summary>What registries send is read or is not; nothing of it fails later.</summary>
public sealed class NodePackumentTests
{
    [Fact]
    public async Task Packuments_ThatAreDamaged_AreReadOrRefused()
    {
        await using var upstream = await TestUpstream.Start();
        var whole = Encoding.UTF8.GetBytes(upstream.NodePackument("demo", new NodeTarball("demo", "1.0.0", ("dependencies", "a", "1")), new NodeTarball("demo", "2.0.0")).ToJsonString());
        var random = new Random(1);
        var read = 0;
        for (var round = 0; round < 5000; round++)
        {
            var damaged = (byte[])whole.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                damaged[random.Next(damaged.Length)] = (byte)(random.Next(3) == 0 ? "{}[]\",:\\u0n1\u00ff"[random.Next(13)] : random.Next(256));
            if (TryRead(damaged) is not { Releases.Count: > 0 } packument)
                continue;
            read++;
            Assert.NotNull(packument.Releases.SelectMany(release => release.DependsOn()).ToList());
            Assert.Equal(200, NodePage.Write(packument, packument.Releases, round % 2 == 0, release => release.Text).Status);
        }

        Assert.NotEqual(0, read);
    }

    private static NodePackument? TryRead(byte[] body)
    {
        try
        {
            return NodePackument.Read("demo", new UpstreamPage(new Uri("http://127.0.0.1/demo"), "application/json", body));
        }
        catch (UpstreamException)
        {
            return null;
        }
    }
}
