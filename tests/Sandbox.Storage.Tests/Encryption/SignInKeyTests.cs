using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Serialization;
using Xunit;

namespace Sandbox.Storage.Tests.Encryption;

/// <summary>The keys of sign-ins: the same for all processes of a folder and after a restart, and of no use without the master key.</summary>
public sealed class SignInKeyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Text_AfterARestart_IsOpened()
    {
        await using var fixture = await SqliteFixture.Create();
        var text = Protector(fixture.Services).Protect("signed in");

        await fixture.Restart();

        Assert.Equal("signed in", Protector(fixture.Services).Unprotect(text));
    }

    [Fact]
    public async Task Text_OfOneOfSeveralProcessesThatStartAtOneTime_IsOpenedByAll()
    {
        using var folder = new TemporaryFolder();
        var hosts = Enumerable.Range(0, 4).Select(_ => Build(folder.Path)).ToList();
        try
        {
            await Task.WhenAll(hosts.Select(host => Task.Run(() => host.StartAsync(Cancel), Cancel)));

            var texts = hosts.Select(static host => Protector(host.Services).Protect("signed in")).ToList();
            Assert.All(hosts, host => Assert.All(texts, text => Assert.Equal("signed in", Protector(host.Services).Unprotect(text))));
        }
        finally
        {
            foreach (var host in hosts)
            {
                await host.StopAsync(CancellationToken.None);
                host.Dispose();
            }
        }
    }

    [Fact]
    public async Task Files_HoldNoKeyInTheClear()
    {
        await using var fixture = await SqliteFixture.Create();

        var file = Assert.Single(Directory.GetFiles(Path.Combine(fixture.DataDirectory, "sign-in-keys"), "*.xml"));

        var text = await File.ReadAllTextAsync(file, Cancel);
        Assert.Contains("sealedKey", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<value>", text, StringComparison.Ordinal);
    }

    private static IDataProtector Protector(IServiceProvider services) => services.GetRequiredService<IDataProtectionProvider>().CreateProtector("tests");

    private static IHost Build(string folder)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSerializer();
        builder.Services.Configure<ClusterOptions>(static options => options.ServiceId = "tests");
        builder.Services.AddSandboxSqliteStorage(options => options.DataDirectory = folder);
        return builder.Build();
    }
}
