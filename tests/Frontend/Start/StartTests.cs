using System.Net;
using System.Net.Sockets;
using Ensemble.Frontend.Tests.Support;

namespace Ensemble.Frontend.Tests.Start;

/// <summary>What prevents a start is said in words on stderr, once, and the process ends with 1.</summary>
public sealed class StartTests
{
    private const string Bad = """{"models":[{"display_name":"a","provider":"openai","base_url":"nowhere","model":"m"},{"display_name":"b","provder":"openai"}]}""";

    public static readonly TheoryData<string[], string> Refused = new()
    {
        { ["--urls", "http://127.0.0.1:99999"], "99999" },
        { ["--urls", "http://127.0.0.1:port"], "http://127.0.0.1:port" },
        { ["--urls", "nonsense"], "nonsense" },
        { ["--Catalog:File", "/nowhere/catalog.json"], "/nowhere/catalog.json" },
        { ["--Limits:MaxRuns", "many"], "option Limits:MaxRuns: 'many' is not a whole number from 1 to 100000" },
        { ["--Limits:MaxBodyBytes", "5"], "option Limits:MaxBodyBytes" },
        { ["--Limits:MaxRun", "5"], "Did you mean \"Limits:MaxRuns\"?" },
        { ["--Security:AllowedNetworks", "10.0.0.0/8,corp"], "option Security:AllowedNetworks: 'corp' is not a network. Write ADDRESS/BITS" },
        { ["--Security:AllowedNetworks", "10.0.0.0/33"], "'10.0.0.0/33' is not a network. Write" },
        { ["--Security:AllowedNetworks", "10.0.0.1/8"], "8 bits do not hold the whole of 10.0.0.1" },
        { ["--Security:AllowedNetworks", "169.254.0.0/17"], "'169.254.0.0/17' holds only" },
        { ["--Security:AllowedNetworks", "127.0.0.0/8"], "a loopback address" },
        { ["--Security:AllowedNetworks", "::ffff:10.0.0.0/104"], "Write the IPv4 network" },
        { ["--Security:AllowedNetworks:0", "10.0.0.0/8"], "Security:AllowedNetworks: is a list" },
        { ["--Security:UseProxy", "maybe"], "neither true nor false" },
        { ["--Telemetry:CaptureContent", "some"], "option Telemetry:CaptureContent: 'some' is neither true nor false" },
        { ["--Telemetry:CaptureContents", "true"], "Telemetry:CaptureContent" },
        { ["--Replay:StoreAnswers", "true"], "option Replay:StoreAnswers: answers are kept encrypted, and there is no key for that. Give one as Security:MasterKey" },
        { ["--Replay:RetentionHours", "8761"], "option Replay:RetentionHours: '8761' is not a whole number from 1 to 8760. The default is 24." },
        { ["--Replay:StoreAnswer", "true"], "Did you mean \"Replay:StoreAnswers\"?" },
        { ["--Security:AllowedNetwork", "10.0.0.0/8"], "Did you mean \"Security:AllowedNetworks\"?" },
        { ["--Catlog:File", "x.json"], "Did you mean \"Catalog:File\"?" },
        { ["--url", "http://127.0.0.1:0"], "Did you mean \"urls\"?" },
        { ["-Catalog:File=x.json"], "argument '-Catalog:File=x.json'" },
        { ["--Catalog:File"], "option Catalog:File: its value is missing" },
        { ["--contentRoot", "/nowhere"], "/nowhere" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Start_ThatCannotBe_SaysWhyAndEndsWith1(string[] args, string reason)
    {
        await using var product = Product.Start([.. args.Contains("--urls") ? [] : (string[])["--urls", "http://127.0.0.1:0"], .. args]);

        var code = await product.EndAsync();

        code.ShouldBe(1, product.Output);
        product.Errors.ShouldContain(reason);
        ShouldBePlain(product);
    }

    [Fact]
    public async Task Start_SeveralBadOptions_NamesThemAll()
    {
        await using var product = Product.Start("--Limits:MaxRuns", "0", "--Limits:DrainSeconds", "x", "--Limits:Foo", "1");

        (await product.EndAsync()).ShouldBe(1);

        product.Errors.Split('\n').Length.ShouldBe(3, product.Errors);
        ShouldBePlain(product);
    }

    [Fact]
    public async Task Start_PortInUse_SaysSo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://{taken.LocalEndpoint}";
        await using var product = Product.Start("--urls", address);

        (await product.EndAsync()).ShouldBe(1);

        product.Errors.ShouldBe($"Cannot listen on '{address}': The address {address} is in use. Choose another address with --urls http://HOST:PORT.");
        product.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_ManagementPortInUse_SaysThatAndNothingElse()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://{taken.LocalEndpoint}";
        await using var product = Product.Start("--urls", "http://127.0.0.1:0", "--Management:Url", address);

        (await product.EndAsync()).ShouldBe(1);

        product.Errors.ShouldStartWith($"option Management:Url: cannot listen on '{address}': ");
        product.Errors.Split('\n').ShouldHaveSingleItem();
        product.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_BadCatalog_ListsEveryErrorOnce()
    {
        using var file = new CatalogFile(Bad);
        await using var product = Product.Start("--urls", "http://127.0.0.1:0", "--Catalog:File", file.Path);

        (await product.EndAsync()).ShouldBe(1);

        product.Errors.ShouldContain("nowhere");
        product.Errors.ShouldContain("provder");
        ShouldBePlain(product);
    }

    [Fact]
    public async Task Validate_BadCatalog_Is1WithEveryError()
    {
        using var file = new CatalogFile(Bad);
        await using var product = Product.Start("validate", file.Path);

        (await product.EndAsync()).ShouldBe(1);

        product.Errors.ShouldContain("nowhere");
        product.Errors.ShouldContain("provder");
        ShouldBePlain(product);
    }

    [Fact]
    public async Task Validate_GoodCatalog_Is0()
    {
        using var file = new CatalogFile(CatalogFile.Of(new Uri("http://127.0.0.1:1/v1"), "a", "m"));
        await using var product = Product.Start("validate", file.Path);

        (await product.EndAsync()).ShouldBe(0, product.Errors);

        product.Output.ShouldNotBeEmpty();
        product.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("validate: takes one FILE, and which one is missing", "validate")]
    [InlineData("validate: takes one FILE, and 2 arguments were given", "validate", "a.json", "b.json")]
    [InlineData("Did you mean \"validate\"?", "validat", "x.json")]
    [InlineData("Commands: validate, eval, catalog apply, schema, schema wait.", "serve")]
    public async Task CommandLine_ThatIsNoCommand_Is2WithTheNearest(string words, params string[] args)
    {
        await using var product = Product.Start(args);

        (await product.EndAsync()).ShouldBe(2);

        product.Errors.ShouldContain(words);
        product.Output.ShouldBeEmpty();
        ShouldBePlain(product);
    }

    [Theory]
    [InlineData("validate <FILE>", "--help")]
    [InlineData("1 to 100000 (default 1024)", "--help")]
    [InlineData("--Limits:MaxRuns", "-h")]
    [InlineData("--Admin:Key", "help")]
    [InlineData("ensemble-silo validate <FILE>", "validate", "--help")]
    [InlineData("--dry-run", "catalog", "apply", "--help")]
    [InlineData("Ensemble.Orleans ", "--version")]
    public async Task CommandLine_ThatAsksForHelp_Is0OnStandardOutput(string words, params string[] args)
    {
        await using var product = Product.Start(args);

        (await product.EndAsync()).ShouldBe(0, product.Errors);

        product.Output.ShouldContain(words);
        product.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_MistakesOfEveryKind_AreToldAtOnce()
    {
        await using var product = Product.Start(
            "--Limit:MaxRuns", "5", "--Limits:MaxRun", "5", "stray", "-Catalog:File=x.json", "--Limits:DrainSeconds", "x", "--Security:UseProxy", "perhaps", "--Catalog:File");

        (await product.EndAsync()).ShouldBe(1);

        product.Errors.Split('\n').Length.ShouldBe(7, product.Errors);
        foreach (var part in (string[])["Limit:MaxRuns", "Limits:MaxRun:", "'stray'", "'-Catalog:File=x.json'", "DrainSeconds", "UseProxy", "Catalog:File: its value is missing"])
        {
            product.Errors.ShouldContain(part);
        }

        ShouldBePlain(product);
    }

    [Fact]
    public async Task Validate_NothingToRead_Is1()
    {
        await using var product = Product.Start("validate", "/nowhere/catalog.json");

        (await product.EndAsync()).ShouldBe(1);

        product.Errors.ShouldNotBeEmpty();
        ShouldBePlain(product);
    }

    private static void ShouldBePlain(Product product)
    {
        foreach (var text in (string[])[product.Output, product.Errors])
        {
            text.ShouldNotContain("   at ");
            text.ShouldNotContain("Exception");
            text.ShouldNotContain("Unhandled");
        }
    }
}
