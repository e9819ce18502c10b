using System.Reflection;
using Sandbox.Grains.Abstractions.Webhooks;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>A store without webhooks, for nodes that are about something else.</summary>
public class NoWebhooks : DispatchProxy
{
    public static IWebhookStore Create() => Create<IWebhookStore, NoWebhooks>();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name == nameof(IWebhookStore.ListEnabled)
        ? Task.FromResult<IReadOnlyList<WebhookId>>([])
        : throw new NotSupportedException(targetMethod.Name);
}
