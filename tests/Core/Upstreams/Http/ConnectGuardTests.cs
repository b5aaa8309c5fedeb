using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Ensemble.Catalog.Addresses;
using Ensemble.Core.Tests.Upstreams.OpenAi;
using Ensemble.Providers.Http;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging;

namespace Ensemble.Core.Tests.Upstreams.Http;

public sealed class ConnectGuardTests
{
    private readonly ConcurrentQueue<string> _lookups = new();

    [Theory]
    [InlineData("169.254.169.254", "never called")]
    [InlineData("::ffff:169.254.169.254", "never called")]
    [InlineData("fe80::1", "never called")]
    [InlineData("10.1.2.3", "Security:AllowedNetworks")]
    [InlineData("fd12::1", "Security:AllowedNetworks")]
    [InlineData("127.0.0.1", "base_url says localhost")]
    [InlineData("::1", "base_url says localhost")]
    public async Task Send_NameAtARefusedAddress_FailsForGoodAndSaysWhy(string address, string advice)
    {
        await using var harness = await OpenAiHarness.StartAsync(network: Names(address));
        Name(harness, "provider.test");

        var result = await harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.NotFound);
        result.Error!.Status.ShouldBeNull();
        result.Error.Message.ShouldContain("'provider.test'");
        result.Error.Message.ShouldContain(address);
        result.Error.Message.ShouldContain(advice);
        var (level, text) = harness.Log.Lines.ShouldHaveSingleItem();
        level.ShouldBe(LogLevel.Warning);
        text.ShouldContain("alias");
        text.ShouldContain(result.Error.Message);
        harness.Stub.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("10.1.2.3")]
    public async Task Send_LocalhostThatIsElsewhere_IsNotCalled(string address)
    {
        await using var harness = await OpenAiHarness.StartAsync(
            network: Names(address) with { AllowedNetworks = [IPNetwork.Parse("10.0.0.0/8")] });
        Name(harness, "localhost");

        var result = await harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.NotFound);
        result.Error!.Message.ShouldContain("not this machine");
    }

    [Theory]
    [InlineData("http://169.254.169.254/v1")]
    [InlineData("http://[fd00:ec2::254]/v1")]
    [InlineData("https://192.168.1.1/v1")]
    [InlineData("http://0xA9FEA9FE/v1")]
    [InlineData("http://metadata.google.internal/v1")]
    [InlineData("https://metadata/v1")]
    public async Task Send_RefusedAddressAsItStands_IsNotLookedUpNorCalled(string baseUrl)
    {
        await using var harness = await OpenAiHarness.StartAsync(network: Names("8.8.8.8"));
        harness.Model = harness.Model with { BaseUrl = new Uri(baseUrl) };

        (await harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.NotFound);

        _lookups.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_SeveralAddresses_TriesTheAllowedOnesInOrder()
    {
        // Nobody listens at 127.0.0.2: the stub is at 127.0.0.1 alone.
        await using var harness = await OpenAiHarness.StartAsync(network: Names("169.254.169.254", "10.0.0.1", "127.0.0.2", "127.0.0.1"));
        Name(harness, "localhost");

        (await harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.Ok);

        _lookups.ShouldBe(["localhost"]);
        harness.Stub.Requests.ShouldHaveSingleItem().Headers["Host"].ShouldStartWith("localhost:");
    }

    [Fact]
    public async Task Send_NameThatChangesItsAddress_IsCheckedAtEachConnect()
    {
        IPAddress[][] answers = [[IPAddress.Loopback], [IPAddress.Parse("169.254.169.254")]];
        var lookups = 0;
        await using var harness = await OpenAiHarness.StartAsync(
            network: new UpstreamNetwork { Resolve = (_, _) => Task.FromResult(answers[Interlocked.Increment(ref lookups) - 1]) });
        Name(harness, "localhost");
        harness.Served.Enqueue(StubReply.RawBody(503, "{}", "application/json", new Dictionary<string, string> { ["Connection"] = "close" }));

        (await harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.ServerError);
        (await harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.NotFound);

        harness.Stub.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Send_Tls_IsCheckedAgainstTheNameAndNotTheAddress()
    {
        string? checkedName = null;
        await using var harness = await OpenAiHarness.StartAsync(
            new StubOptions { Tls = true },
            stub => handler => handler.SslOptions.RemoteCertificateValidationCallback = (sender, certificate, _, _) =>
            {
                checkedName = ((SslStream)sender).TargetHostName;
                return stub.IsOwn(certificate);
            },
            Names("127.0.0.1"));
        Name(harness, "localhost");

        (await harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.Ok);

        checkedName.ShouldBe("localhost");
    }

    [Fact]
    public async Task Send_RedirectToMetadata_IsNotFollowed()
    {
        await using var harness = await OpenAiHarness.StartAsync(network: Names());
        harness.Served.Enqueue(StubReply.RawBody(
            307, "", "text/plain", new Dictionary<string, string> { ["Location"] = "http://169.254.169.254/latest/meta-data/" }));

        var result = await harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.NotFound);
        result.Error!.Status.ShouldBe(307);
        harness.Log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_NameThatNobodyKnows_MayPass()
    {
        await using var harness = await OpenAiHarness.StartAsync(
            network: new UpstreamNetwork { Resolve = (_, _) => throw new SocketException((int)SocketError.HostNotFound) });
        Name(harness, "provider.test");

        var result = await harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.TransportError);
        result.Error!.Message.ShouldStartWith("NameResolutionError");
    }

    [Fact]
    public async Task Send_NoAddress_MayPass()
    {
        await using var harness = await OpenAiHarness.StartAsync(network: Names());
        Name(harness, "provider.test");

        (await harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.TransportError);
    }

    [Fact]
    public async Task Send_Proxy_IsUsedOnlyWhereTheOptionSaysSo()
    {
        SocketsHttpHandler? handler = null;

        await using var direct = await OpenAiHarness.StartAsync(configure: _ => made => handler = made);
        handler!.UseProxy.ShouldBeFalse();

        await using var proxied = await OpenAiHarness.StartAsync(configure: _ => made => handler = made, network: new UpstreamNetwork { UseProxy = true });
        handler.UseProxy.ShouldBeTrue();
    }

    [Fact]
    public async Task Send_ThroughAProxy_RefusesAddressesAndNamesThatPlainHttpMayNotReach()
    {
        await using var harness = await OpenAiHarness.StartAsync(
            configure: stub => handler => handler.Proxy = new WebProxy(new Uri(stub.BaseUrl, "/")), network: Names() with { UseProxy = true, AllowedNetworks = [IPNetwork.Parse("10.0.0.0/8")] });

        harness.Model = harness.Model with { BaseUrl = new Uri("http://10.1.2.3/v1") };
        (await harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.Ok);
        foreach (var address in (string[])["http://169.254.169.254/v1", "http://169.254.169.254./v1", "https://metadata.google.internal/v1", "http://11.1.2.3/v1", "http://provider.test/v1"])
        {
            harness.Model = harness.Model with { BaseUrl = new Uri(address) };
            (await harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.NotFound);
        }

        _lookups.ShouldBeEmpty();
        harness.Stub.Requests.ShouldHaveSingleItem().Headers["Host"].ShouldBe("10.1.2.3");
    }

    [Theory]
    [InlineData("http://localhost/v1")]
    [InlineData("https://provider.test/v1")]
    public async Task Send_ProxyAtARefusedAddress_FailsForGoodAndSaysWhy(string baseUrl)
    {
        await using var harness = await OpenAiHarness.StartAsync(
            configure: _ => handler => handler.Proxy = new WebProxy("http://proxy.test:3128"), network: Names("10.1.2.3") with { UseProxy = true });
        harness.Model = harness.Model with { BaseUrl = new Uri(baseUrl) };

        var result = await harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.NotFound);
        result.Error!.Message.ShouldContain("'proxy.test' is at 10.1.2.3");
        _lookups.ShouldBe(["proxy.test"]);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "11.1.2.3", true)]
    [InlineData("10.0.0.0/8", "192.168.1.1", false)]
    [InlineData("10.0.0.0/8", "64:ff9b::10.1.2.3", false)]
    [InlineData("fd12::/16", "fd12::1", true)]
    [InlineData("fc00::/7", "fd00:ec2::254", false)]
    [InlineData("0.0.0.0/0", "169.254.169.254", false)]
    [InlineData("0.0.0.0/0", "127.0.0.1", false)]
    [InlineData("::/0", "::ffff:169.254.169.254", false)]
    public void Allowed_ListedNetwork_LetsPrivateAddressesThroughAndNothingElse(string network, string address, bool isAllowed)
    {
        var guard = new ConnectGuard(new UpstreamNetwork { AllowedNetworks = [IPNetwork.Parse(network)] });

        if (isAllowed)
        {
            guard.Allowed("provider.test", [IPAddress.Parse(address)]).ShouldHaveSingleItem();
        }
        else
        {
            Should.Throw<AddressRefusedException>(() => guard.Allowed("provider.test", [IPAddress.Parse(address)]));
        }
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "10.1.2.3 10.1.2.4", true)]
    [InlineData("10.0.0.0/8,fd12::/16", "10.1.2.3 fd12::1", true)]
    [InlineData("8.8.8.0/24", "8.8.8.8", true)]
    [InlineData("10.0.0.0/8", "11.1.2.3", false)]
    [InlineData("10.0.0.0/8", "10.1.2.3 11.1.2.3", false)]
    [InlineData("10.0.0.0/8", "10.1.2.3 169.254.169.254", false)]
    [InlineData("10.0.0.0/8", "10.1.2.3 127.0.0.1", false)]
    [InlineData("0.0.0.0/0", "100.100.100.200", false)]
    [InlineData("", "10.1.2.3", false)]
    public void Allowed_PlainHttp_NeedsEveryAddressInAListedNetwork(string networks, string addresses, bool isAllowed)
    {
        var guard = new ConnectGuard(new UpstreamNetwork
        {
            AllowedNetworks = [.. networks.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(network => IPNetwork.Parse(network))],
        });
        IPAddress[] found = [.. addresses.Split(' ').Select(IPAddress.Parse)];

        if (isAllowed)
        {
            guard.Allowed("vllm", found, isPlain: true).ShouldBe(found);
        }
        else
        {
            Should.Throw<AddressRefusedException>(() => guard.Allowed("vllm", found, isPlain: true));
        }
    }

    [Fact]
    public async Task Send_PlainHttpToAPublicAddress_IsRefusedAtTheConnect()
    {
        await using var harness = await OpenAiHarness.StartAsync(
            network: Names("8.8.8.8") with { AllowedNetworks = [IPNetwork.Parse("10.0.0.0/8")] });
        Name(harness, "vllm");

        var result = await harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.NotFound);
        result.Error!.Message.ShouldContain("plain http");
        result.Error.Message.ShouldContain("Security:AllowedNetworks");
    }

    private static void Name(OpenAiHarness harness, string host) =>
        harness.Model = harness.Model with { BaseUrl = new UriBuilder(harness.Stub.BaseUrl) { Host = host }.Uri };

    private UpstreamNetwork Names(params string[] addresses) => new()
    {
        Resolve = (host, _) =>
        {
            _lookups.Enqueue(host);
            return Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());
        },
    };
}
