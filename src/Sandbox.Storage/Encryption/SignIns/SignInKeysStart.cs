using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Sandbox.Storage.Encryption.SignIns;

/// <summary>
/// Has the first key made by one process while the others wait: each reads the keys when it starts and then keeps them, and would
/// not know what another one has made at the same time.
/// </summary>
internal sealed class SignInKeysStart(IDataProtectionProvider protection, IOptions<SqliteStorageOptions> options, TimeProvider time) : IHostedService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var held = await Lock(cancellationToken);
        protection.CreateProtector("sandbox.start").Protect([]);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The kernel lets go of it with the process, however that ends.
    private async Task<FileStream> Lock(CancellationToken cancellationToken)
    {
        var path = Path.Combine(Directory.CreateDirectory(options.Value.SignInKeyDirectory).FullName, "lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }
}
