using System.Net;
using Sandbox.Egress.Dialing;
using Sandbox.Egress.Rules;
using Sandbox.Egress.Tls;

namespace Sandbox.Egress.Tests.Rules;

public sealed class EgressRulesTests
{
    private static readonly EgressRules Rules = EgressRules.Compile(
    [
        ("API.Example.com.", null, null), ("*.pkg.example", null, [443]), ("bücher.example", null, null), ("db.example", null, [5432]),
        (null, "10.1.0.0/16", [80]), (null, "169.254.0.0/16", [80]), (null, "8.8.8.0/24", [53]), (null, "fd00:1::/32", [80]), (null, "192.0.2.7/32", [80]),
    ]);

    [Theory]
    [InlineData("api.example.com", 443, null)]
    [InlineData("api.example.com", 80, null)]
    [InlineData("api.example.com", 22, EgressReason.PortNotAllowed)]
    [InlineData("API.EXAMPLE.COM", 443, null)]
    [InlineData("api.example.com.", 443, null)]
    [InlineData("example.com", 443, EgressReason.NameNotAllowed)]
    [InlineData("x.api.example.com", 443, EgressReason.NameNotAllowed)]
    [InlineData("api.example.com.evil.org", 443, EgressReason.NameNotAllowed)]
    [InlineData("evilapi.example.com", 443, EgressReason.NameNotAllowed)]
    [InlineData("a.pkg.example", 443, null)]
    [InlineData("a.b.pkg.example", 443, null)]
    [InlineData("a.pkg.example", 80, EgressReason.PortNotAllowed)]
    [InlineData("pkg.example", 443, EgressReason.NameNotAllowed)]
    [InlineData("evilpkg.example", 443, EgressReason.NameNotAllowed)]
    [InlineData("bücher.example", 443, null)]
    [InlineData("BÜCHER.example", 443, null)]
    [InlineData("xn--bcher-kva.example", 443, null)]
    [InlineData("bucher.example", 443, EgressReason.NameNotAllowed)]
    [InlineData("api。example。com", 443, null)]
    [InlineData("db.example", 5432, null)]
    [InlineData("db.example", 443, EgressReason.PortNotAllowed)]
    public void RefusalOfName_IsWhatTheRulesSay(string name, int port, object? refusal) =>
        Assert.Equal((EgressReason?)refusal, Rules.RefusalOfName(EgressName.Normalise(name)!, port));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("a.b..")]
    [InlineData("127.1")]
    [InlineData("127.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    [InlineData("0x7f000001")]
    [InlineData("0X7F.0.0.0x1")]
    [InlineData("0177.0.0.1")]
    [InlineData("１２７.0.0.１")]
    [InlineData("host.0x")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("a b.example")]
    [InlineData("a\0.example")]
    [InlineData("user@api.example.com")]
    [InlineData("api.example.com:443")]
    [InlineData("api.example.com/x")]
    [InlineData("-a.example")]
    [InlineData("*.example")]
    [InlineData("a_b.example")]
    public void Normalise_WhatIsNoHostName_IsNull(string text) => Assert.Null(EgressName.Normalise(text));

    [Fact]
    public void Normalise_TooLong_IsNull()
    {
        Assert.Null(EgressName.Normalise(new string('a', 64) + ".example"));
        Assert.Null(EgressName.Normalise(string.Concat(Enumerable.Repeat("abc.", 64)) + "example"));
        Assert.Null(EgressName.Normalise(new string('a', 10_000_000)));
    }

    [Theory]
    [InlineData("127.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("0x7f000001")]
    [InlineData("2130706433")]
    [InlineData("127.0.0.01")]
    [InlineData("[127.0.0.1]")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[[::1]]")]
    public void Parse_AnAddressInAnOddNotation_IsNone(string text) => Assert.Null(EgressAddress.Parse(text));

    [Theory]
    [InlineData("10.1.2.3", 80, null)]
    [InlineData("::ffff:10.1.2.3", 80, null)]
    [InlineData("10.1.2.3", 443, EgressReason.PortNotAllowed)]
    [InlineData("10.2.0.1", 80, EgressReason.AddressReserved)]
    [InlineData("::ffff:10.2.0.1", 80, EgressReason.AddressReserved)]
    [InlineData("169.254.1.1", 80, null)]
    [InlineData("169.254.169.254", 80, EgressReason.AddressReserved)]
    [InlineData("[::ffff:a9fe:a9fe]", 80, EgressReason.AddressReserved)]
    [InlineData("8.8.8.8", 53, null)]
    [InlineData("8.8.8.8", 80, EgressReason.PortNotAllowed)]
    [InlineData("8.8.4.4", 53, EgressReason.AddressNotAllowed)]
    [InlineData("[fd00:1::5]", 80, null)]
    [InlineData("192.0.2.7", 80, null)]
    [InlineData("192.0.2.8", 80, EgressReason.AddressReserved)]
    public void RefusalOfAddress_Literal_IsWhatTheRangesSay(string address, int port, object? refusal) =>
        Assert.Equal((EgressReason?)refusal, Rules.RefusalOfAddress(EgressAddress.Parse(address)!, port, named: false, own: false));

    [Theory]
    [InlineData("93.184.216.34", null)]
    [InlineData("2606:2800:220:1::1", null)]
    [InlineData("0.0.0.0", EgressReason.AddressReserved)]
    [InlineData("127.0.0.1", EgressReason.AddressReserved)]
    [InlineData("127.8.8.8", EgressReason.AddressReserved)]
    [InlineData("172.31.0.1", EgressReason.AddressReserved)]
    [InlineData("192.168.1.1", EgressReason.AddressReserved)]
    [InlineData("100.64.0.1", EgressReason.AddressReserved)]
    [InlineData("100.100.100.200", EgressReason.AddressReserved)]
    [InlineData("168.63.129.16", EgressReason.AddressReserved)]
    [InlineData("198.18.0.1", EgressReason.AddressReserved)]
    [InlineData("203.0.113.9", EgressReason.AddressReserved)]
    [InlineData("224.0.0.1", EgressReason.AddressReserved)]
    [InlineData("255.255.255.255", EgressReason.AddressReserved)]
    [InlineData("::", EgressReason.AddressReserved)]
    [InlineData("::1", EgressReason.AddressReserved)]
    [InlineData("::127.0.0.1", EgressReason.AddressReserved)]
    [InlineData("::ffff:127.0.0.1", EgressReason.AddressReserved)]
    [InlineData("64:ff9b::7f00:1", EgressReason.AddressReserved)]
    [InlineData("2002:7f00:1::", EgressReason.AddressReserved)]
    [InlineData("2001:0:1::1", EgressReason.AddressReserved)]
    [InlineData("2001:db8::1", EgressReason.AddressReserved)]
    [InlineData("fd00:ec2::254", EgressReason.AddressReserved)]
    [InlineData("fe80::1", EgressReason.AddressReserved)]
    [InlineData("fec0::1", EgressReason.AddressReserved)]
    [InlineData("ff02::1", EgressReason.AddressReserved)]
    public void RefusalOfAddress_OfANamedHost_OnlyPublicOnes(string address, object? refusal)
    {
        var all = EgressRules.Compile([("a.example", null, null), (null, "0.0.0.0/0", null), (null, "::/0", null)]);
        Assert.Equal((EgressReason?)refusal, all.RefusalOfAddress(EgressAddress.Canonical(IPAddress.Parse(address)), 443, named: true, own: false));
        Assert.Equal((EgressReason?)refusal, all.RefusalOfAddress(EgressAddress.Canonical(IPAddress.Parse(address)), 443, named: false, own: false));
    }

    [Fact]
    public void RefusalOfAddress_OfTheNode_NeedsARuleForExactlyIt()
    {
        var address = IPAddress.Parse("8.8.8.8");
        Assert.Equal(EgressReason.AddressReserved, EgressRules.Compile([(null, "8.8.8.0/24", null)]).RefusalOfAddress(address, 80, named: true, own: true));
        Assert.Null(EgressRules.Compile([(null, "8.8.8.8/32", null)]).RefusalOfAddress(address, 80, named: false, own: true));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("a.example", "10.0.0.0/8")]
    [InlineData("*", null)]
    [InlineData("*.*.example", null)]
    [InlineData("a.*.example", null)]
    [InlineData("127.0.0.1", null)]
    [InlineData(null, "10.0.0.1")]
    [InlineData(null, "10.0.0.1/8")]
    [InlineData(null, "10.0.0.0/33")]
    [InlineData(null, "10/8")]
    [InlineData(null, "::ffff:10.0.0.0/104")]
    public void Compile_ARuleThatIsNone_Throws(string? host, string? cidr) => Assert.Throws<FormatException>(() => EgressRules.Compile([(host, cidr, null)]));

    [Fact]
    public void Compile_PortsThatAreNone_Throws()
    {
        Assert.Throws<FormatException>(() => EgressRules.Compile([("a.example", null, [])]));
        Assert.Throws<FormatException>(() => EgressRules.Compile([("a.example", null, [0])]));
        Assert.Throws<FormatException>(() => EgressRules.Compile([("a.example", null, [65536])]));
    }

    [Fact]
    public void None_AllowsNothing()
    {
        Assert.True(EgressRules.None.IsEmpty);
        Assert.Equal(EgressReason.NameNotAllowed, EgressRules.None.RefusalOfName("a.example", 443));
        Assert.Equal(EgressReason.AddressNotAllowed, EgressRules.None.RefusalOfAddress(IPAddress.Parse("8.8.8.8"), 443, named: false, own: false));
    }
}
