using System.Collections.Concurrent;
using Sandbox.Packages;

namespace Sandbox.Grains.Packages;

/// <summary>Packages that a sandbox did not get, by the policy: pip and npm do not say it in a way that people would find.</summary>
internal sealed class RefusedPackages
{
    private const int Most = 20;

    private readonly ConcurrentDictionary<string, byte> _names = new(StringComparer.Ordinal);

    /// <summary>Notes what came of a request, and answers with it.</summary>
    public PackageRequest Note(PackageRequest request)
    {
        if (request.Refused is PackageReasons.NotAllowed or PackageReasons.VersionNotAllowed && _names.Count < Most)
            _names.TryAdd(request.Name, 0);
        return request;
    }

    /// <summary>A sentence that names them; empty where there are none.</summary>
    public override string ToString() => _names.IsEmpty ? string.Empty : $"Policy does not allow: {string.Join(", ", _names.Keys.Order(StringComparer.Ordinal))}.";
}
