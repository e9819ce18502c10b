using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sandbox.Storage.Encryption;
using Sandbox.Storage.Encryption.KeyManagement;
using Sandbox.Storage.Sqlite;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Encryption;

/// <summary>The master key in the keeping of Vault.</summary>
public sealed class KeyManagementTests : IAsyncLifetime
{
    private VaultStub _vault = null!;
    private bool _isOn = true;
    private VaultOptions _settings = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _vault = await VaultStub.Start();
        _settings = new VaultOptions { Address = _vault.Address, Token = VaultStub.Token };
    }

    public ValueTask DisposeAsync() => _vault.DisposeAsync();

    [Fact]
    public async Task FirstStart_WithVault_LeavesNoPlainKeyAndOpensAllAfterwards()
    {
        await using var fixture = await Create();
        var sealedText = await Seal(fixture);

        Assert.StartsWith("vault:v1:", await Kept(fixture), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf(fixture)));
        await fixture.Restart();
        Assert.Equal("text", await Open(fixture, sealedText));
    }

    [Fact]
    public async Task Start_PlainKeyBefore_IsEncryptedAndStaysTheSameKey()
    {
        _isOn = false;
        await using var fixture = await Create();
        var sealedText = await Seal(fixture);
        var plain = await Kept(fixture);
        _isOn = true;
        await fixture.Restart();

        Assert.StartsWith("vault:v1:", await Kept(fixture), StringComparison.Ordinal);
        Assert.Equal("text", await Open(fixture, sealedText));
        // And back, for whoever leaves Vault while it is still there.
        _isOn = false;
        await fixture.Restart();
        Assert.Equal(plain, await Kept(fixture));
        Assert.Equal("text", await Open(fixture, sealedText));
    }

    [Fact]
    public async Task Start_VaultHasANewerKey_RenewsTheFile()
    {
        await using var fixture = await Create();
        var sealedText = await Seal(fixture);
        var before = await Kept(fixture);
        await fixture.Restart();
        Assert.Equal(before, await Kept(fixture));

        _vault.Rotate();
        await fixture.Restart();

        Assert.StartsWith("vault:v2:", await Kept(fixture), StringComparison.Ordinal);
        Assert.Equal("text", await Open(fixture, sealedText));
    }

    [Fact]
    public async Task Start_MasterKeySetAside_WrapsAllAnewWithAnotherOne()
    {
        await using var fixture = await Create();
        var sealedText = await Seal(fixture);
        var before = await Kept(fixture);
        await fixture.Stop();
        File.Move(PathOf(fixture), PathOf(fixture) + ".previous");
        await fixture.Restart();

        Assert.NotEqual(before, await Kept(fixture));
        File.Delete(PathOf(fixture) + ".previous");
        await fixture.Restart();
        Assert.Equal("text", await Open(fixture, sealedText));
    }

    [Fact]
    public async Task Start_VaultCannotBeAsked_EndsWithAReasonAndLosesNothing()
    {
        await using var fixture = await Create();
        var sealedText = await Seal(fixture);
        var kept = await Kept(fixture);

        _vault.IsSealed = true;
        Assert.Contains("Vault is sealed", (await Assert.ThrowsAsync<InvalidOperationException>(fixture.Restart)).Message);
        _vault.IsSealed = false;
        _settings.Token = "hvs.another";
        Assert.Contains("permission denied", (await Assert.ThrowsAsync<InvalidOperationException>(fixture.Restart)).Message);
        _settings.Address = "http://127.0.0.1:1";
        Assert.Contains("could not be asked", (await Assert.ThrowsAsync<InvalidOperationException>(fixture.Restart)).Message);
        _settings.Address = null;
        Assert.Contains("not configured", (await Assert.ThrowsAsync<InvalidOperationException>(fixture.Restart)).Message);

        (_settings.Address, _settings.Token) = (_vault.Address, VaultStub.Token);
        Assert.Equal(kept, await Kept(fixture));
        await fixture.Restart();
        Assert.Equal("text", await Open(fixture, sealedText));
    }

    [Fact]
    public async Task Running_VaultGone_GoesOn()
    {
        await using var fixture = await Create();
        _vault.IsSealed = true;

        Assert.Equal("text", await Open(fixture, await Seal(fixture)));
    }

    [Fact]
    public async Task Token_FromAFile_IsReadAtEachStart()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "token");
        await File.WriteAllTextAsync(file, VaultStub.Token + "\n", Cancel);
        (_settings.Token, _settings.TokenFile) = (null, file);
        await using var fixture = await Create();

        await File.WriteAllTextAsync(file, "expired", Cancel);
        Assert.Contains("permission denied", (await Assert.ThrowsAsync<InvalidOperationException>(fixture.Restart)).Message);
    }

    [Theory]
    [InlineData("http://vault.example.com:8200", "t", null)]
    [InlineData("ftp://127.0.0.1", "t", null)]
    [InlineData("https://vault.example.com:8200", null, null)]
    [InlineData("https://vault.example.com:8200", "t", "/run/token")]
    public void Options_ThatWouldTellTheKeyOrCannotWork_AreRefused(string address, string? token, string? file) =>
        Assert.True(new VaultOptionsValidation().Validate(null, new VaultOptions { Address = address, Token = token, TokenFile = file }).Failed);

    private Task<SqliteFixture> Create() => SqliteFixture.Create(more: services =>
    {
        services.AddOptions<VaultOptions>().Configure(vault =>
            (vault.Address, vault.Token, vault.TokenFile, vault.TimeoutSeconds) = (_settings.Address, _settings.Token, _settings.TokenFile, 30));
        services.AddOptions<SqliteStorageOptions>().Configure(storage => storage.KeyManagement = _isOn ? "vault" : null);
    });

    private static string PathOf(SqliteFixture fixture) => Path.Combine(fixture.DataDirectory, "master.key");

    private static async Task<string> Kept(SqliteFixture fixture) => (await File.ReadAllTextAsync(PathOf(fixture), Cancel)).Trim();

    private static async Task<(string Tenant, byte[] Sealed)> Seal(SqliteFixture fixture)
    {
        var tenant = JobTestStates.NewTenant();
        return (tenant, await fixture.Services.GetRequiredService<SealedBytes>().Seal(tenant, "thing", "text"u8.ToArray(), Cancel));
    }

    private static async Task<string> Open(SqliteFixture fixture, (string Tenant, byte[] Sealed) what) =>
        Encoding.UTF8.GetString(await fixture.Services.GetRequiredService<SealedBytes>().Open(what.Tenant, "thing", what.Sealed, Cancel));
}
