using System.Runtime.CompilerServices;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>Ends a test that waits for something that never comes, so that it fails instead of hanging.</summary>
internal static class Patience
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private static readonly ConditionalWeakTable<object, CancellationTokenSource> Sources = [];

    public static CancellationToken Token => TestContext.Current.Test is { } test
        ? Sources.GetValue(test, _ => Begin(TestContext.Current.CancellationToken)).Token
        : TestContext.Current.CancellationToken;

    private static CancellationTokenSource Begin(CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(Longest);
        return source;
    }
}
