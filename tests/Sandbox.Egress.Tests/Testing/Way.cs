using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Egress.Dialing;
using Sandbox.Egress.Records;
using Sandbox.Egress.Rules;

namespace Sandbox.Egress.Tests.Testing;

/// <summary>The way out of one sandbox, with the real broker, a resolver of the test's and programs that the test plays.</summary>
internal sealed class Way : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private Way(ServiceProvider services, IEgressAccess access)
    {
        _services = services;
        Access = access;
    }

    public required TunnelAgent Agent { get; init; }

    public required EgressBudget Budget { get; init; }

    public required MemoryEgressLog Log { get; init; }

    public required Names Names { get; init; }

    public required FakeTimeProvider Time { get; init; }

    public IEgressAccess Access { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<Way> Open(EgressRules rules, params (string Name, string Value)[] options) => Open(rules, headers: null, options);

    public static async Task<Way> Open(EgressRules rules, HeadersFor? headers, params (string Name, string Value)[] options)
    {
        var (agent, log, names, time) = (new TunnelAgent(), new MemoryEgressLog(), new Names(), new FakeTimeProvider());
        names.Set("server.example", "127.0.0.1");
        names.Set("other.example", "127.0.0.1");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new($"{EgressOptions.Section}:{nameof(EgressOptions.SpecialRanges)}:0", "127.0.0.0/8")])
            .AddInMemoryCollection(options.ToDictionary(option => $"{EgressOptions.Section}:{option.Name}", option => (string?)option.Value))
            .Build();
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(time)
            .AddSingleton<IEgressResolver>(names)
            .AddSingleton<IEgressLog>(log)
            .AddSandboxEgress(configuration)
            .BuildServiceProvider();
        var broker = services.GetRequiredService<IEgressBroker>();
        var budget = broker.NewBudget();
        var access = await broker.Open(agent, Grant(rules, budget) with { Headers = headers }, Token);
        return new Way(services, access) { Budget = budget, Agent = agent, Log = log, Names = names, Time = time };
    }

    private static EgressGrant Grant(EgressRules rules, EgressBudget budget) => new(new EgressOwner("acme", "agent", "ses_1"), rules, budget)
    {
        VirtualHosts = new Dictionary<string, RequestDelegate>
        {
            ["inner.sandbox"] = context => context.Response.WriteAsync($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}", Token),
        },
    };

    /// <summary>Rules for <c>server.example</c> and the loopback, on a port.</summary>
    public static EgressRules To(int port) => EgressRules.Compile([("server.example", null, [port]), (null, "127.0.0.1/32", [port])]);

    /// <summary>Another connection to the same agent, as after one that broke.</summary>
    public Task<IEgressAccess> Reopen(EgressRules rules) => _services.GetRequiredService<IEgressBroker>().Open(Agent, Grant(rules, Budget), Token);

    /// <summary>Connects, sends a request and reads the head of the answer.</summary>
    public async Task<(Stream Connection, string Head)> Ask(string request)
    {
        var program = Agent.Connect();
        await program.WriteAsync(Encoding.Latin1.GetBytes(request), Token);
        return (program, await Head(program));
    }

    /// <summary>Asks for a tunnel.</summary>
    public Task<(Stream Connection, string Head)> Connect(string target) => Ask($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");

    /// <summary>Reads up to the empty line.</summary>
    public static async Task<string> Head(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, Token) == 1)
            head.Append((char)one[0]);
        return head.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await Access.DisposeAsync();
        await Budget.DisposeAsync();
        await _services.DisposeAsync();
    }
}
