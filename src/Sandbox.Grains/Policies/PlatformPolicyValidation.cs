using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Jobs;

namespace Sandbox.Grains.Policies;

/// <summary>Refuses at start what would silently refuse every request later, or bound nothing.</summary>
internal sealed class PlatformPolicyValidation(IOptions<JobOptions> jobs) : IValidateOptions<PlatformPolicyOptions>
{
    public ValidateOptionsResult Validate(string? name, PlatformPolicyOptions options)
    {
        var failures = Failures(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> Failures(PlatformPolicyOptions options)
    {
        var (limits, least) = (options.Limits, jobs.Value.Minimum);
        return new[]
        {
            Names(options.Languages, "Languages"),
            Names(options.Templates, "Templates"),
            Names(options.Isolation, "Isolation"),
            options.Isolation?.Any(name => name is not (IsolationClasses.Standard or IsolationClasses.Strong)) == true
                ? $"{PlatformPolicyOptions.Section}:Isolation: must be {IsolationClasses.Standard} or {IsolationClasses.Strong}."
                : null,
            AtLeast(limits.Cpu, least.Cpu, "Limits:Cpu"),
            AtLeast(limits.MemoryBytes, least.MemoryBytes, "Limits:MemoryBytes"),
            AtLeast(limits.DiskBytes, least.DiskBytes, "Limits:DiskBytes"),
            AtLeast(limits.Processes, least.Processes, "Limits:Processes"),
            AtLeast(limits.WallSeconds, least.WallSeconds, "Limits:WallSeconds"),
            AtLeast(limits.OutputBytes, least.OutputBytes, "Limits:OutputBytes"),
            AtLeast(options.MaxTtlSeconds, 1, "MaxTtlSeconds"),
            AtLeast(options.Services.MaxSeconds, 1, "Services:MaxSeconds"),
            AtLeast(options.Services.MaxCount, 0, "Services:MaxCount"),
            options.Services.Ports?.Any(port => port is < 1 or > 65535) == true
                ? $"{PlatformPolicyOptions.Section}:Services:Ports: must be from 1 to 65535."
                : null,
        }.OfType<string>();
    }

    private static string? Names(IReadOnlyList<string>? names, string member) =>
        names?.Any(string.IsNullOrWhiteSpace) == true ? $"{PlatformPolicyOptions.Section}:{member}: a name is empty." : null;

    // Not a number is not at least anything.
    private static string? AtLeast(double? bound, double least, string member) =>
        bound is { } value && !(value >= least)
            ? FormattableString.Invariant($"{PlatformPolicyOptions.Section}:{member}: must be at least {least}.")
            : null;
}
