using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Egress.Dialing;
using Sandbox.Egress.Rules;
using Sandbox.Egress.Tls;

namespace Sandbox.Egress.Tests.Dialing;

public sealed class EgressDialerTests : IDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly FakeTimeProvider _time = new();
    private readonly Answers _answers = new();
    private IReadOnlyList<IPNetwork> _special = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8")];

    public EgressDialerTests() => _server.Start();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private int Port => ((IPEndPoint)_server.LocalEndpoint).Port;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Dial_ANameWhoseAddressARangeNames_Connects()
    {
        _answers.Next = [IPAddress.Parse("10.0.0.1"), IPAddress.Loopback.MapToIPv6()];
        var dial = await Dial("SERVER.example.", ("server.example", null, [Port]), (null, "127.0.0.1/32", [Port]));
        using var socket = dial.Socket;
        Assert.Equal((IPAddress.Loopback, true), (dial.Address, socket?.Connected));
        Assert.Equal(["server.example"], _answers.Asked);
    }

    [Fact]
    public async Task Dial_ANameThatTurnsToThePrivate_IsRefusedAndResolvedOnce()
    {
        _answers.Next = [IPAddress.Loopback];
        Assert.Equal(EgressReason.AddressReserved, (await Dial("server.example", ("server.example", null, [Port]))).Reason);
        Assert.Single(_answers.Asked);
    }

    [Theory]
    [InlineData("other.example", EgressReason.NameNotAllowed)]
    [InlineData("127.1", EgressReason.MalformedTarget)]
    [InlineData("0x7f.1", EgressReason.MalformedTarget)]
    [InlineData("2130706433", EgressReason.MalformedTarget)]
    [InlineData("127.0.0.1", EgressReason.AddressReserved)]
    [InlineData("8.8.8.8", EgressReason.AddressNotAllowed)]
    public async Task Dial_WhatNoRuleAllows_IsRefusedBeforeItIsResolved(string host, object reason)
    {
        Assert.Equal((EgressReason)reason, (await Dial(host, ("server.example", null, [Port]))).Reason);
        Assert.Empty(_answers.Asked);
    }

    [Fact]
    public async Task Dial_ASpecialAddressThatTheOperatorHasNotOpened_IsRefusedWhateverTheRulesSay()
    {
        _special = [];
        _answers.Next = [IPAddress.Loopback];
        (string?, string?, IReadOnlyList<int>?)[] rules = [("server.example", null, [Port]), (null, "127.0.0.1/32", [Port]), (null, "169.254.169.254/32", [Port]), (null, "10.0.0.0/8", [Port])];
        foreach (var host in (string[])["server.example", "127.0.0.1", "169.254.169.254", "10.0.0.1"])
            Assert.Equal(EgressReason.AddressReserved, (await Dial(host, rules)).Reason);
    }

    [Fact]
    public async Task Dial_ANameWithoutAddress_SaysSo() =>
        Assert.Equal(EgressReason.NameNotFound, (await Dial("server.example", ("server.example", null, [Port]))).Reason);

    [Fact]
    public async Task Dial_AResolverThatNeverAnswers_EndsInTime()
    {
        _answers.Waits = true;
        var dial = Dial("server.example", ("server.example", null, [Port]));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(EgressReason.Unreachable, (await dial).Reason);
    }

    [Fact]
    public async Task Dial_NobodyListens_IsUnreachable()
    {
        var port = Port;
        _server.Stop();
        Assert.Equal(EgressReason.Unreachable, (await Dial("127.0.0.1", port, (null, "127.0.0.0/8", [port]))).Reason);
    }

    private Task<EgressDial> Dial(string host, params (string?, string?, IReadOnlyList<int>?)[] rules) => Dial(host, Port, rules);

    private Task<EgressDial> Dial(string host, int port, params (string?, string?, IReadOnlyList<int>?)[] rules) =>
        new EgressDialer(_answers, () => [IPAddress.Loopback], _special, TimeSpan.FromSeconds(10), _time).Dial(EgressRules.Compile(rules), host, port, Token);

    private sealed class Answers : IEgressResolver
    {
        public List<string> Asked { get; } = [];

        public IReadOnlyList<IPAddress> Next { get; set; } = [];

        public bool Waits { get; set; }

        public async Task<IReadOnlyList<IPAddress>> Resolve(string name, CancellationToken cancellationToken)
        {
            Asked.Add(name);
            if (Waits)
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return Next;
        }
    }
}
