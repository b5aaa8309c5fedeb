using System.Net;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Admin;

/// <summary><c>GET /admin/ensembles/{name}/report</c>.</summary>
public sealed class ReportTests
{
    private const string Range = "from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z";

    [Fact]
    public async Task Report_OfManyRuns_SaysWhatTheyComeTo()
    {
        await using var council = await Council.StartAsync(args: AdminExtensions.KeyOption);
        await WriteAsync(council, [.. Enumerable.Range(0, 200).Select(static run => TestPanels.Run([run, run, run % 2 == 0 ? run : -1], run))]);

        var report = await council.Gateway.ReadAsync($"/admin/ensembles/council/report?{Range}");

        report.Status.ShouldBe(HttpStatusCode.OK, report.Body);
        report.Header("cache-control").ShouldBe("no-store");
        var json = report.Json;
        json.GetProperty("verdict").GetString().ShouldBe("do_not_fuse");
        json.GetProperty("sentence").GetString().ShouldBe(
            "do not fuse: a alone says what the ensemble says in 100.0 % of 200 answers (98.1 % … 100.0 %), for a third of the money.");
        json.GetProperty("from").GetString().ShouldBe("2026-01-01T00:00:00Z");
        json.GetProperty("runs").GetProperty("counted").GetInt64().ShouldBe(200);
        json.GetProperty("agreement").GetProperty("over_time").GetRawText().ShouldBe("""[{"start":"2026-01-01T00:00:00Z","runs":200,"mean":0.833334}]""");
        json.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("member").GetString()).ShouldBe(["a", "b", "c"]);
        json.GetProperty("members")[2].GetProperty("won").GetRawText().ShouldBe("""{"count":100,"of":200,"value":0.5,"low":0.431361,"high":0.568639}""");
        json.GetProperty("pairs")[1].GetProperty("agreed").GetProperty("count").GetInt64().ShouldBe(100);
    }

    [Fact]
    public async Task Report_OfRunsThatWereAsked_CountsThem()
    {
        await using var council = await Council.StartAsync(
            shape: ensemble => ensemble with { Strategy = StrategyKind.Vote, Judge = null, DisplayName = "small/council" },
            configure: static services => services.AddSingleton<IUsageSink>(static provider => provider.GetRequiredService<UsageLedger>()),
            args: AdminExtensions.KeyOption);
        council.Model("wombat").Default = StubReply.Text("Lyon.");
        for (var run = 0; run < 2; run++)
        {
            (await council.Gateway.ChatAsync(Council.Ask.Replace("council", "small/council", StringComparison.Ordinal))).Status.ShouldBe(HttpStatusCode.OK);
        }

        await council.Gateway.Services.GetRequiredService<UsageLedger>().StopAsync(Now.Cancel);

        var report = (await council.Gateway.ReadAsync("/admin/ensembles/small%2Fcouncil/report")).Json;

        report.GetProperty("verdict").GetString().ShouldBe("too_few_runs", report.GetRawText());
        report.GetProperty("runs").GetProperty("decided").GetInt64().ShouldBe(2, report.GetRawText());
        var members = report.GetProperty("members").EnumerateArray().ToDictionary(member => member.GetProperty("member").GetString()!);
        members.Keys.Order().ShouldBe(["numbat", "quokka", "wombat"]);
        members.Values.ShouldAllBe(member => member.GetProperty("asked").GetInt64() == 2);
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Report_ToTheEndOfTheLastYear_IsAReport()
    {
        await using var council = await Council.StartAsync(args: AdminExtensions.KeyOption);

        var report = await council.Gateway.ReadAsync("/admin/ensembles/council/report?to=9999-12-31T23:59:59Z");

        report.Status.ShouldBe(HttpStatusCode.OK, report.Body);
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("group_by=day", "group_by")]
    [InlineData("to=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "to")]
    public async Task Report_BadQuery_NamesTheParameter(string query, string parameter)
    {
        await using var council = await Council.StartAsync(args: AdminExtensions.KeyOption);

        (await council.Gateway.ReadAsync($"/admin/ensembles/council/report?{query}")).ShouldBeError(400, "invalid_request_error", null, parameter);
    }

    [Fact]
    public async Task Report_OfNoEnsemble_IsNotFound()
    {
        await using var council = await Council.StartAsync(args: AdminExtensions.KeyOption);
        await WriteAsync(council, [TestPanels.Run([0, 0], 0) with { Ensemble = "gone" }]);

        var unknown = await council.Gateway.ReadAsync($"/admin/ensembles/nobody/report?{Range}");
        var direct = await council.Gateway.ReadAsync($"/admin/ensembles/solo/report?{Range}");
        var gone = await council.Gateway.ReadAsync($"/admin/ensembles/gone/report?{Range}");
        var stranger = await council.Gateway.GetAsync($"/admin/ensembles/council/report?{Range}");

        unknown.ShouldBeError(404, "invalid_request_error", "model_not_found");
        direct.ShouldBeError(404, "invalid_request_error", "model_not_found").Message.ShouldContain("single model");
        gone.Json.GetProperty("runs").GetProperty("counted").GetInt64().ShouldBe(1);
        stranger.ShouldBeError(401, "authentication_error", "invalid_admin_key");
    }

    private static Task WriteAsync(Council council, RunManifest[] runs) => council.Gateway.Services
        .GetRequiredService<IUsageStore>().WriteAsync(new UsageBatch([], [.. runs.Select(RunRecord.Of)]), Now.Cancel);
}
