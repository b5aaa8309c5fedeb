using System.Net;
using System.Net.Sockets;
using Ensemble.Frontend.Options;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Silo.Telemetry;
using Ensemble.Telemetry;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Telemetry;

/// <summary><c>/metrics</c>, as a scraper sees it.</summary>
public sealed class MetricsEndpointTests
{
    private static readonly string[] AnyPort = ["--Management:Url", "http://127.0.0.1:0"];

    [Fact]
    public async Task Metrics_AfterARun_ShowItWithItsCallsGatesAndRequests()
    {
        await using var council = await StartAsync();
        (await council.Gateway.ChatAsync(Council.Ask)).Status.ShouldBe(HttpStatusCode.OK);

        var (status, type, body) = await ScrapeAsync(council.Gateway);

        status.ShouldBe(HttpStatusCode.OK);
        type.ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        var read = PrometheusReader.Read(body);
        read.Samples["ensemble_runs_total{ensemble_name=\"council\",ensemble_outcome=\"completed\",ensemble_strategy=\"synthesize\"}"].ShouldBe(1);
        read.Samples["ensemble_sub_calls_total{ensemble_outcome=\"ok\",ensemble_role=\"judge\",ensemble_step=\"synthesis\",gen_ai_request_model=\"bilby\"}"].ShouldBe(1);
        read.Samples["ensemble_gate_admissions_total{ensemble_gate_kind=\"model\",ensemble_gate_name=\"quokka\"}"].ShouldBe(1);
        read.Samples["ensemble_gate_in_flight{gen_ai_request_model=\"quokka\"}"].ShouldBe(0);
        read.Samples["ensemble_gate_cooldown_seconds{gen_ai_request_model=\"quokka\"}"].ShouldBe(0);
        read.Samples["ensemble_runs_in_flight{ensemble_tier=\"frontend\"}"].ShouldBe(0);
        read.Samples["ensemble_catalog_stale"].ShouldBe(0);
        read.Samples.Keys.ShouldContain(key => key.StartsWith("http_server_request_duration_seconds_count{", StringComparison.Ordinal) && key.Contains("http_route=\"/v1/chat/completions\"", StringComparison.Ordinal));
        read.Samples.Keys.ShouldContain(key => key.StartsWith("dotnet_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_ByPromtool_AreFlawless()
    {
        Assert.SkipUnless(Promtool.IsThere, "There is no promtool on the PATH: install it (Debian: apt-get install prometheus).");
        await using var council = await StartAsync();
        (await council.Gateway.ChatAsync(Council.Ask)).Status.ShouldBe(HttpStatusCode.OK);
        var (_, _, body) = await ScrapeAsync(council.Gateway);

        var complaints = await Promtool.CheckAsync(body);

        // The runtime's names are not ours to mend.
        complaints.Where(line => !line.StartsWith("dotnet_", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Endpoints_OfTheManagementListener_AreMetricsAlone()
    {
        await using var council = await StartAsync();
        var address = Address(council.Gateway);

        (await council.Gateway.Http.GetAsync(new Uri(address, "/v1/models"), Now.Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await council.Gateway.Http.PostAsync(new Uri(address, "/metrics"), null, Now.Cancel)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await council.Gateway.GetAsync("/metrics")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Metrics_AskedForInAnotherFormat_AreThatText()
    {
        await using var council = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address(council.Gateway), "/metrics"));
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5").ShouldBeTrue();

        using var response = await council.Gateway.Http.SendAsync(request, Now.Cancel);

        response.Content.Headers.ContentType?.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        (await response.Content.ReadAsStringAsync(Now.Cancel)).ShouldNotContain("_created");
    }

    [Fact]
    public async Task Metrics_OfScrapesThemselves_AreNotCounted()
    {
        await using var council = await StartAsync();
        await ScrapeAsync(council.Gateway);

        var (_, _, body) = await ScrapeAsync(council.Gateway);

        PrometheusReader.Read(body).Samples.Keys.ShouldNotContain(key => key.StartsWith("http_server_request_duration", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Host", "evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("Host", "127.0.0.1.evil.example:9464", HttpStatusCode.MisdirectedRequest)]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("Host", "localhost:9464", HttpStatusCode.OK)]
    [InlineData("Host", "[::1]", HttpStatusCode.OK)]
    public async Task Metrics_UnderANameOfAnotherMachine_AreNotShown(string header, string value, HttpStatusCode status)
    {
        await using var council = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address(council.Gateway), "/metrics"));
        request.Headers.TryAddWithoutValidation(header, value).ShouldBeTrue();

        using var response = await council.Gateway.Http.SendAsync(request, Now.Cancel);

        response.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Metrics_OnAListenerForOtherMachines_AreShownUnderAnyName()
    {
        await using var gateway = await Gateway.StartAsync(null, args: ["--Management:Url", "http://0.0.0.0:0"]);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{Address(gateway).Port}/metrics"));
        request.Headers.Host = "gateway-metrics:9464";

        using var response = await gateway.Http.SendAsync(request, Now.Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Start_UrlOfAnotherProcess_Fails()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";

        var problem = await Should.ThrowAsync<StartupException>(async () =>
            await Gateway.StartAsync(null, args: ["--Management:Url", url]));

        problem.Message.ShouldStartWith($"option Management:Url: cannot listen on '{url}':");
    }

    [Fact]
    public async Task Start_DefaultPortOfAnotherProcess_GoesOnAndSaysSo()
    {
        // Whether it is this listener that has it, or another process: it is taken.
        TcpListener? other = new(IPAddress.Loopback, new Uri(ManagementOptions.DefaultUrl).Port);
        try
        {
            other.Start();
        }
        catch (SocketException)
        {
            other = null;
        }

        using (other)
        {
            await using var gateway = await Gateway.StartAsync(null, args: ["--Management:Url", ""]);

            gateway.Services.GetRequiredService<ManagementListener>().Address.ShouldBeNull();
            gateway.Log.ShouldContain(line => line.Contains("/metrics is not served", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Read_OptionsThatDoNotHold_NameEach()
    {
        var problem = Should.Throw<StartupException>(() => TestHost.Build(
            ["--Management:Url", "9464", "--Telemetry:OtlpEndpoint", "collector:4317", "--Telemetry:OtlpProtocol", "json"]));

        problem.Message.ShouldContain("option Management:Url: '9464' is not an address to listen on.");
        problem.Message.ShouldContain("option Telemetry:OtlpEndpoint: 'collector:4317' is not a collector's address.");
        problem.Message.ShouldContain("option Telemetry:OtlpProtocol: 'json' is not valid. Use grpc or http/protobuf.");
    }

    /// <summary>The test's recorder of accounts takes the place of the product's, which measures too.</summary>
    private static Task<Council> StartAsync() => Council.StartAsync(
        configure: static services => services.AddSingleton<IUsageSink>(static provider => provider.GetRequiredService<RunInstruments>()),
        args: AnyPort);

    private static Uri Address(Gateway gateway) => new(gateway.Services.GetRequiredService<ManagementListener>().Address!);

    private static async Task<(HttpStatusCode Status, string? Type, string Body)> ScrapeAsync(Gateway gateway)
    {
        using var response = await gateway.Http.GetAsync(new Uri(Address(gateway), "/metrics"), Now.Cancel);
        return (response.StatusCode, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsStringAsync(Now.Cancel));
    }
}
