using System.Collections.ObjectModel;

namespace Sandbox.Api.Http;

/// <summary>What an absent map reads as.</summary>
internal static class EmptyMaps
{
    public static IReadOnlyDictionary<string, string> OfStrings => ReadOnlyDictionary<string, string>.Empty;
}
