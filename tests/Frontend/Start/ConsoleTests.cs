using System.Text.Json;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Silo.Hosting;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ensemble.Frontend.Tests.Start;

/// <summary>What stands on the console, and in which form.</summary>
public sealed class ConsoleTests
{
    [Fact]
    public async Task Log_AsJson_IsOneObjectALineAndNothingElse()
    {
        var (product, http) = await ServeAsync("json");
        await using var _ = product;
        http.Dispose();
        await product.TerminateAsync();
        (await product.EndAsync()).ShouldBe(0);

        foreach (var line in product.Output.Split('\n'))
        {
            using var entry = JsonDocument.Parse(line);
            entry.RootElement.GetProperty("Timestamp").GetString().ShouldEndWith("Z");
            entry.RootElement.GetProperty("LogLevel").GetString().ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Log_ForSystemd_BeginsEachLineWithItsPriority()
    {
        var (product, http) = await ServeAsync("systemd");
        await using var _ = product;
        http.Dispose();
        await product.TerminateAsync();
        (await product.EndAsync()).ShouldBe(0);

        product.Output.Split('\n').ShouldAllBe(line => line.StartsWith("<6>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_UnknownFormat_SaysWhichThereAre()
    {
        await using var product = Product.Start("--urls", "http://127.0.0.1:0", "--Logging:Console:FormatterName", "xml");

        (await product.EndAsync()).ShouldBe(1);

        product.Errors.ShouldBe("option Logging:Console:FormatterName: 'xml' is not valid. Use simple, json or systemd.");
    }

    [Fact]
    public async Task Start_AtATerminal_GivesTheDashboardAndALineThatAsks()
    {
        var (product, http) = await Product.ServeAsync();
        await using var _ = product;
        await http.GetStringAsync("livez", Now.Cancel);
        http.Dispose();
        await product.TerminateAsync();
        (await product.EndAsync()).ShouldBe(0);

        product.Output.ShouldContain($"Dashboard  {http.BaseAddress}dashboard/");
        product.Output.ShouldContain($$"""Ask        curl {{http.BaseAddress}}v1/chat/completions -d '{"model": "council", "messages": [{""");
    }

    [Theory]
    [InlineData("http://0.0.0.0:8080", "http://127.0.0.1:8080/dashboard/")]
    [InlineData("http://[::]:8080", "http://127.0.0.1:8080/dashboard/")]
    [InlineData("https://gateway.example:8443", "https://gateway.example:8443/dashboard/")]
    [InlineData("http://unix:/run/ensemble.sock", null)]
    public void Text_OfAnAddress_IsOneThatABrowserCanOpen(string address, string? expected)
    {
        var text = StartupBanner.Text([address], new CatalogBuilder().Build());

        (text?.Contains(expected ?? "", StringComparison.Ordinal)).ShouldBe(expected is null ? null : true);
    }

    [Fact]
    public async Task Log_OfLibraries_HasNoInformationUnlessAskedFor()
    {
        await using var quiet = NodeBuilder.Create([]).Builder.Services.BuildServiceProvider();
        await using var loud = NodeBuilder.Create(["--Logging:LogLevel:Polly", "Information"]).Builder.Services.BuildServiceProvider();

        foreach (var library in (string[])["Polly", "Orleans.Runtime.Silo", "Microsoft.AspNetCore.Routing"])
        {
            Logger(quiet, library).IsEnabled(LogLevel.Information).ShouldBeFalse(library);
            Logger(quiet, library).IsEnabled(LogLevel.Warning).ShouldBeTrue(library);
        }

        Logger(loud, "Polly").IsEnabled(LogLevel.Information).ShouldBeTrue();
    }

    [Fact]
    public async Task Start_AppsettingsOfTheWorkingFolder_IsReadAndTheCommandLineGoesFirst()
    {
        var folder = Directory.CreateTempSubdirectory("ensemble-");
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "appsettings.json"), """{"Limits": {"MaxRuns": 7, "DrainSeconds": "never"}}""", Now.Cancel);
        await using var product = Product.Start("--contentRoot", folder.FullName, "--Limits:MaxRuns", "many");

        (await product.EndAsync()).ShouldBe(1);

        product.Errors.ShouldContain("option Limits:MaxRuns: 'many'");
        product.Errors.ShouldContain("option Limits:DrainSeconds: 'never'");
        folder.Delete(recursive: true);
    }

    private static Task<(Product Product, HttpClient Http)> ServeAsync(string format) => Product.ServeAsync("--Logging:Console:FormatterName", format);

    private static ILogger Logger(IServiceProvider services, string category) => services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
}
