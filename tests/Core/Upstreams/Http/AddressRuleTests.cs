using System.Net;
using Ensemble.Catalog.Addresses;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Upstreams.Http;

public sealed class AddressRuleTests
{
    [Theory]
    [InlineData("169.254.169.254", "metadata")]
    [InlineData("169.254.170.2", "metadata")]
    [InlineData("169.254.170.23", "metadata")]
    [InlineData("100.100.100.200", "metadata")]
    [InlineData("168.63.129.16", "metadata")]
    [InlineData("192.0.0.192", "metadata")]
    [InlineData("fd00:ec2::254", "metadata")]
    [InlineData("fd00:ec2::23", "metadata")]
    [InlineData("fd20:ce::254", "metadata")]
    [InlineData("169.254.0.0", "link-local")]
    [InlineData("169.254.255.255", "link-local")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("fe80::1%3", "link-local")]
    [InlineData("febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "link-local")]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("::", "unspecified")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("239.255.255.255", "multicast")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("255.255.255.255", "broadcast")]
    public void Judge_AddressThatIsNeverCalled_IsForbidden(string address, string words)
    {
        var verdict = AddressRule.Classify(IPAddress.Parse(address));

        verdict.Kind.ShouldBe(AddressKind.Forbidden);
        verdict.Description.ShouldContain(words);
    }

    [Theory]
    [InlineData("10.0.0.0")]
    [InlineData("10.255.255.255")]
    [InlineData("172.16.0.0")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.0")]
    [InlineData("192.168.255.255")]
    [InlineData("100.64.0.0")]
    [InlineData("100.127.255.255")]
    [InlineData("198.18.0.0")]
    [InlineData("198.19.255.255")]
    [InlineData("0.0.0.1")]
    [InlineData("0.255.255.255")]
    [InlineData("192.0.0.1")]
    [InlineData("192.0.2.1")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.255")]
    [InlineData("240.0.0.0")]
    [InlineData("255.255.255.254")]
    [InlineData("fc00::1")]
    [InlineData("fdff:ffff::1")]
    [InlineData("fec0::1")]
    [InlineData("2001:db8::1")]
    [InlineData("3fff:fff::1")]
    [InlineData("100::1")]
    [InlineData("4000::1")]
    [InlineData("::2")]
    [InlineData("64:ff9b:1::808:808")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("64:ff9b::10.1.2.3")]
    [InlineData("2002:c0a8:101::1")]
    public void Judge_AddressOfNoPublicNetwork_IsPrivate(string address) =>
        AddressRule.Classify(IPAddress.Parse(address)).Kind.ShouldBe(AddressKind.Private);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0")]
    [InlineData("127.255.255.255")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:127.9.9.9")]
    public void Judge_ThisMachine_IsLoopback(string address) =>
        AddressRule.Classify(IPAddress.Parse(address)).Kind.ShouldBe(AddressKind.Loopback);

    [Theory]
    [InlineData("1.0.0.0")]
    [InlineData("8.8.8.8")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("168.63.129.17")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700::1111")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:808:808::1")]
    public void Judge_AddressOfThePublicInternet_IsPublic(string address) =>
        AddressRule.Classify(IPAddress.Parse(address)).Kind.ShouldBe(AddressKind.Public);

    [Fact]
    public void Judge_ForbiddenIPv4InAnyIPv6Form_IsForbidden()
    {
        var forbidden = Gen.OneOf(
            V4().Select(bytes => (byte[])[169, 254, bytes[2], bytes[3]]),
            V4().Select(bytes => (byte[])[(byte)(224 | (bytes[0] & 15)), bytes[1], bytes[2], bytes[3]]),
            V4().Select(bytes => (byte[])[127, bytes[1], bytes[2], bytes[3]]),
            Gen.Elements<byte[]>([100, 100, 100, 200], [168, 63, 129, 16], [255, 255, 255, 255], [192, 0, 0, 192]));

        Prop.ForAll(
            Arb.From(forbidden.Zip(V4())),
            pair => Forms(pair.Item1, pair.Item2).All(address => AddressRule.Classify(address).Kind == AddressKind.Forbidden))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Judge_MappedIPv4_IsWhatThatIs() =>
        Prop.ForAll(Arb.From(V4()), bytes =>
            AddressRule.Classify(new IPAddress(bytes).MapToIPv6()) == AddressRule.Classify(new IPAddress(bytes)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Judge_IPv4CarriedInIPv6_IsNeverLessThanThatIs() =>
        Prop.ForAll(
            Arb.From(V4().Zip(V4())),
            pair => Forms(pair.Item1, pair.Item2).All(address =>
                AddressRule.Classify(address).Kind >= AddressRule.Classify(new IPAddress(pair.Item1)).Kind))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Judge_IPv6OutsideOfGlobalUnicast_IsNotPublic() =>
        Prop.ForAll(
            Arb.From(Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(16)),
            bytes => (bytes[0] & 0xe0) == 0x20 || AddressRule.Classify(new IPAddress(bytes)).Kind != AddressKind.Public)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST.", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.1", true)]
    [InlineData("::1", true)]
    [InlineData("[::1]", true)]
    [InlineData("loopback", false)]
    [InlineData("localhost.example.com", false)]
    [InlineData("example.com", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("64:ff9b::127.0.0.1", false)]
    public void IsLoopbackHost_Host_IsThisMachineByItsOwnName(string host, bool expected) =>
        AddressRule.IsLoopbackHost(host).ShouldBe(expected);

    private static Gen<byte[]> V4() => Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(4);

    /// <summary>The forms in which an IPv6 address carries an IPv4 address; <paramref name="any"/> fills what is free.</summary>
    private static IEnumerable<IPAddress> Forms(byte[] v4, byte[] any)
    {
        yield return new IPAddress([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, .. v4]);
        yield return new IPAddress([0, 0x64, 0xff, 0x9b, 0, 1, .. any, any[0], any[1], .. v4]);
        yield return new IPAddress([0x20, 0x02, .. v4, .. any, .. any, any[0], any[1]]);
        yield return new IPAddress([0x20, 0x01, 0, 0, .. any, .. any, .. v4.Select(value => (byte)~value)]);
        yield return new IPAddress([0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, .. v4]);
        yield return new IPAddress([0x26, 0x06, .. any, any[0], any[1], 0, 0, 0x5e, 0xfe, .. v4]);
        yield return new IPAddress([0x26, 0x06, .. any, any[0], any[1], 2, 0, 0x5e, 0xfe, .. v4]);
        if (v4[0] != 0)
        {
            yield return new IPAddress([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. v4]);
        }
    }
}
