using Ensemble.Frontend.Options;
using Ensemble.Frontend.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Ensemble.Frontend.Tests.Start;

/// <summary>Nobody opens this server to other machines without an admin key, by whatever option.</summary>
public sealed class AdminStartTests
{
    public static readonly TheoryData<string[], bool> Addresses = new()
    {
        { ["urls=http://127.0.0.1:0"], true },
        { ["urls=http://localhost:8080;http://[::1]:8080"], true },
        { ["urls=http://unix:/tmp/x.sock"], true },
        { ["urls=http://0.0.0.0:8080"], false },
        { ["urls=http://*:8080"], false },
        { ["urls=http://+:8080"], false },
        { ["urls=http://[::]:8080"], false },
        { ["urls=http://127.0.0.1:1;http://gateway.example:80"], false },
        { ["http_ports=8080"], false },
        { ["https_ports=8443"], false },
        { ["http_ports=8080", "urls=http://127.0.0.1:0"], true },
        { ["Kestrel:Endpoints:Http:Url=http://0.0.0.0:8080"], false },
        { ["Kestrel:Endpoints:Http:Url=http://127.0.0.1:8080"], true },
        { ["Kestrel:Endpoints:Http:Url=http://127.0.0.1:8080", "urls=http://0.0.0.0:8080"], true },
        { ["Kestrel:Endpoints:Http:Url=http://127.0.0.1:8080", "urls=http://0.0.0.0:8080", "preferHostingUrls=true"], false },
        { ["Kestrel:Endpoints:A:Url=http://127.0.0.1:1", "Kestrel:Endpoints:B:Url=https://*:443"], false },
    };

    [Theory]
    [MemberData(nameof(Addresses))]
    public void Check_Addresses_OnlyLoopbackGoesWithoutAKey(string[] settings, bool allowed)
    {
        var configuration = new ConfigurationBuilder().AddCommandLine(settings).Build();

        Should.NotThrow(() => ListenAddresses.Check(configuration, new FrontendOptions { AdminKeySha256 = new byte[32] }));
        if (allowed)
        {
            Should.NotThrow(() => ListenAddresses.Check(configuration, new FrontendOptions()));
        }
        else
        {
            Should.Throw<StartupException>(() =>
                ListenAddresses.Check(configuration, new FrontendOptions())).Message.ShouldContain("Admin:Key");
        }
    }

    [Theory]
    [InlineData("--urls", "http://0.0.0.0:0")]
    [InlineData("--http_ports", "0")]
    public async Task Start_OffLoopbackWithoutAKey_SaysHowToSetOneAndEndsWith1(params string[] args)
    {
        await using var product = Product.Start(args);

        (await product.EndAsync()).ShouldBe(1, product.Output);

        product.Errors.ShouldContain("Admin__Key");
        product.Errors.ShouldContain("openssl rand");
        product.Errors.ShouldNotContain("Exception");
        product.Output.ShouldNotContain("Now listening");
    }

    [Fact]
    public async Task Start_OffLoopbackWithAKey_Serves()
    {
        await using var product = Product.Start("--urls", "http://0.0.0.0:0", "--Admin:Key", "an-admin-key-of-some-length");

        await product.ListeningAsync();
    }

    [Theory]
    [InlineData("--Admin:Key", "too-short", "option Admin:Key: must have from 16")]
    [InlineData("--Security:MasterKey", "not-a-master-key", "option Security:MasterKey: must be 32 bytes")]
    [InlineData("--Security:SecretDirectory", "/nowhere/at/all", "option Security:SecretDirectory: there is no folder")]
    public async Task Start_BadSafetyOption_SaysWhatItMustBeAndNotWhatItIs(string option, string value, string problem)
    {
        await using var product = Product.Start("--urls", "http://127.0.0.1:0", option, value);

        (await product.EndAsync()).ShouldBe(1, product.Output);

        product.Errors.ShouldContain(problem);
        if (!value.StartsWith('/'))
        {
            product.Errors.ShouldNotContain(value);
        }
    }
}
