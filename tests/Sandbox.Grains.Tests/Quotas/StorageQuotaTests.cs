using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Quotas;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Quotas;

public sealed class StorageQuotaTests
{
    private readonly ScriptedUsage _usage = new() { Overrides = { ["a"] = new QuotaOverrides { StorageBytes = 1000 } } };
    private readonly StorageQuota _quota;

    public StorageQuotaTests() => _quota = new StorageQuota(_usage, new InstallationQuotas(Options.Create(new QuotaOptions())));

    [Theory]
    [InlineData(0, 1000, true)]
    [InlineData(0, 1001, false)]
    [InlineData(600, 400, true)]
    [InlineData(600, 401, false)]
    public async Task Meter_AsMuchAsThereIs_PassesAndOneByteMoreDoesNot(long stored, int bytes, bool fits)
    {
        Store(stored);
        using var room = _quota.Enter("a");
        var copy = room.Meter(new MemoryStream(new byte[bytes])).CopyToAsync(Stream.Null, 64, TestContext.Current.CancellationToken);
        if (fits)
        {
            await copy;
            return;
        }

        var failure = await Assert.ThrowsAsync<QuotaExceededException>(() => copy);
        Assert.Equal(new QuotaBreach(QuotaNames.StorageBytes, 1000, stored), failure.Breach);
    }

    [Fact]
    public void Enter_QuotaUsedUp_SaysSoBeforeAnyByte()
    {
        Store(1000);
        using var room = _quota.Enter("a");
        Assert.Equal((RefusalCodes.QuotaExceeded, QuotaNames.StorageBytes), (room.Refusal?.Code, room.Refusal?.Quota?.Quota));
        Assert.Throws<QuotaExceededException>(() => room.Meter(new MemoryStream([1])).ReadByte());
    }

    [Fact]
    public void Meter_SeveralAtOnce_ShareWhatThereIs()
    {
        using var first = _quota.Enter("a");
        using var second = _quota.Enter("a");
        using var other = _quota.Enter("b");
        Read(first, 600);
        Assert.Throws<QuotaExceededException>(() => Read(second, 600));
        Read(other, 600);
    }

    [Fact]
    public void Dispose_GivesBackWhatFlowed()
    {
        using (var first = _quota.Enter("a"))
            Read(first, 900);
        using var second = _quota.Enter("a");
        Read(second, 1000);
    }

    [Fact]
    public void Meter_StoredMeanwhileByAnotherProcess_Counts()
    {
        using var room = _quota.Enter("a");
        Read(room, 500);
        Store(400);
        Assert.Throws<QuotaExceededException>(() => Read(room, 200));
    }

    private void Store(long bytes) => _usage.Durable["a"] = new TenantUse(0, 0, 0, 0, bytes);

    private static void Read(IStorageRoom room, int bytes) => room.Meter(new MemoryStream(new byte[bytes])).CopyTo(Stream.Null);
}
