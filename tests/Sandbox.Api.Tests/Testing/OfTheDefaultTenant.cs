using System.Reflection;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Testing;

/// <summary>A port whose every resource belongs to the default tenant: to callers of others it answers that there is none.</summary>
public class OfTheDefaultTenant<T> : DispatchProxy
    where T : class
{
    private T? _inner;

    public static T Around(T inner)
    {
        var proxy = Create<T, OfTheDefaultTenant<T>>();
        ((OfTheDefaultTenant<T>)(object)proxy)._inner = inner;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (args!.OfType<Caller>().SingleOrDefault() is not { TenantId: not WellKnownTenants.Default })
            return targetMethod!.Invoke(_inner, args);
        var reply = targetMethod!.ReturnType.GetGenericArguments()[0];
        var refused = Activator.CreateInstance(reply, null, new Refusal(RefusalCodes.NotFound, "There is no such session."));
        return typeof(Task).GetMethod(nameof(Task.FromResult))!.MakeGenericMethod(reply).Invoke(null, [refused]);
    }
}
