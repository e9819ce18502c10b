using System.Collections.Frozen;
using System.Text;
using Sandbox.Grains.Abstractions.Secrets;

namespace Sandbox.Grains.Secrets;

/// <summary>What programs that start now are given.</summary>
internal sealed record InjectedSecrets
{
    // In memory, as all that is writable in a sandbox, and in no snapshot.
    private const string Folder = "/dev/shm/secrets";

    /// <summary>Nothing.</summary>
    public static InjectedSecrets None { get; } = new();

    /// <summary>Variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; private init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Files, by their paths inside.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; private init; } = FrozenDictionary<string, ReadOnlyMemory<byte>>.Empty;

    /// <summary>Where the file of a secret is.</summary>
    public static string PathOf(string name) => $"{Folder}/{name}";

    /// <summary>How secrets are given: those whose kind is a header are not.</summary>
    public static InjectedSecrets Of(IReadOnlyCollection<OpenSecret> secrets)
    {
        var (environment, files) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal));
        foreach (var secret in secrets)
        {
            var name = secret.Info.Name;
            if (secret.Info.Kind == SecretKinds.Environment)
            {
                environment[name] = Encoding.UTF8.GetString(secret.Value.Span);
            }
            else if (secret.Info.Kind == SecretKinds.File)
            {
                environment[$"{name}_FILE"] = PathOf(name);
                files[PathOf(name)] = secret.Value;
            }
        }

        return new InjectedSecrets { Environment = environment, Files = files };
    }

    /// <summary>The variables over those that there are.</summary>
    public IReadOnlyDictionary<string, string> Over(IReadOnlyDictionary<string, string> environment)
    {
        if (Environment.Count == 0)
            return environment;
        var result = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        foreach (var (name, value) in Environment)
            result[name] = value;
        return result;
    }
}
