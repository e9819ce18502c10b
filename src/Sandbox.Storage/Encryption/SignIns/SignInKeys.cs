using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sandbox.Storage.Encryption.SignIns;

/// <summary>
/// The keys that sign-ins of browsers are encrypted with: files in the data folder, the same for all its processes and after a restart,
/// each sealed by a key that the installation's master key wraps.
/// </summary>
internal sealed class SignInKeys(IOptions<SqliteStorageOptions> options, IServiceProvider services, ILoggerFactory loggers) : IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions keys)
    {
        keys.XmlRepository = new FileSystemXmlRepository(Directory.CreateDirectory(options.Value.SignInKeyDirectory), loggers);
        keys.XmlEncryptor = new SealedXmlEncryptor(services);
    }
}
