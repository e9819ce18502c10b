using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests;

/// <summary>Storage on real files at a time that the tests set.</summary>
public sealed class LocalFixture : IStorageFixture, IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private SqliteFixture? _sqlite;

    public IServiceProvider Services => _sqlite!.Services;

    public string DataDirectory => _sqlite!.DataDirectory;

    internal SqliteFixture Sqlite => _sqlite!;

    internal DateTimeOffset Now => _time.GetUtcNow();

    public async ValueTask InitializeAsync() => _sqlite = await SqliteFixture.Create(more: services => services.AddSingleton<TimeProvider>(_time));

    public void Advance(TimeSpan time) => _time.Advance(time);

    public ValueTask DisposeAsync() => _sqlite is null ? ValueTask.CompletedTask : _sqlite.DisposeAsync();
}
