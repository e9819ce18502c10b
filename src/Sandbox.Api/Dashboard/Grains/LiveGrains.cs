using Orleans.Runtime;

namespace Sandbox.Api.Dashboard.Grains;

/// <summary>Asks the silos which grains are in memory. It wakes none of them.</summary>
internal sealed class LiveGrains(IGrainFactory grains)
{
    // The framework's own, and what pages like this one ask.
    private const string Framework = "sys.";

    public async Task<IReadOnlyCollection<LiveGrain>> List()
    {
        var management = grains.GetGrain<IManagementGrain>(0);
        var hosts = (await management.GetDetailedHosts(onlyActive: true)).ToDictionary(static host => host.SiloAddress, static host => host.SiloName);
        var all = await management.GetDetailedGrainStatistics();
        return
        [
            .. all.Where(static grain => !grain.GrainId.IsSystemTarget() && !TypeOf(grain).StartsWith(Framework, StringComparison.Ordinal) && !grain.GrainType.StartsWith("Orleans.", StringComparison.Ordinal))
                .Select(grain => new LiveGrain(TypeOf(grain), grain.GrainId.Key.ToString()!, hosts.GetValueOrDefault(grain.SiloAddress) ?? grain.SiloAddress.ToString())),
        ];
    }

    private static string TypeOf(DetailedGrainStatistic grain) => grain.GrainId.Type.ToString()!;
}
