using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Storage.Encryption.SignIns;

/// <summary>Seals a key as it is written to its file. It belongs to the installation, whose own tenant is the default one.</summary>
internal sealed class SealedXmlEncryptor(IServiceProvider services) : IXmlEncryptor
{
    internal const string ObjectId = "sign-in keys";
    internal const string ElementName = "sealedKey";

    // The framework asks for it at the start, and once in months, and knows no other way than to wait.
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var text = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var bytes = services.GetRequiredService<SealedBytes>().Seal(WellKnownTenants.Default, ObjectId, text, CancellationToken.None).GetAwaiter().GetResult();
        return new EncryptedXmlInfo(new XElement(ElementName, Convert.ToBase64String(bytes)), typeof(SealedXmlDecryptor));
    }
}

/// <summary>Opens such a key. Made by the framework, by the name that stands in the file.</summary>
internal sealed class SealedXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var bytes = services.GetRequiredService<SealedBytes>()
            .Open(WellKnownTenants.Default, SealedXmlEncryptor.ObjectId, Convert.FromBase64String(encryptedElement.Value), CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return XElement.Parse(Encoding.UTF8.GetString(bytes));
    }
}
