using System.Net;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Endpoints;

public sealed class HealthTests
{
    [Fact]
    public async Task Probes_OfAHealthyProcess_Are200WithoutAKey()
    {
        await using var council = await Council.StartAsync(more: catalog => catalog.AddKey("anna"));

        var live = await council.Gateway.GetAsync("/livez");
        var ready = await council.Gateway.GetAsync("/readyz");

        live.Json.GetProperty("status").GetString().ShouldBe("live");
        ready.Status.ShouldBe(HttpStatusCode.OK);
        ready.Json.GetProperty("status").GetString().ShouldBe("ready");
        ready.Json.GetProperty("catalog").GetProperty("revision").GetInt64().ShouldBe(1);
        ready.Json.GetProperty("catalog").GetProperty("problem").GetString().ShouldBeNull();
    }

    [Fact]
    public async Task Ready_CatalogProblem_IsShownAndStill200()
    {
        await using var council = await Council.StartAsync();
        council.Catalog.Problem = "The newest catalog is not served.";

        var ready = await council.Gateway.GetAsync("/readyz");

        ready.Status.ShouldBe(HttpStatusCode.OK);
        ready.Json.GetProperty("catalog").GetProperty("problem").GetString().ShouldBe("The newest catalog is not served.");
    }

    [Fact]
    public async Task Ready_DatabaseFileThatIsGone_Is503UntilItIsBack()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not delete a file that is in use.");
        var folder = Directory.CreateTempSubdirectory("ensemble-");
        try
        {
            var file = Path.Combine(folder.FullName, "ensemble.db");
            await using var gateway = await Gateway.StartAsync(
                null, args: ["--Storage:Provider", "sqlite", "--Storage:ConnectionString", $"Data Source={file}"]);
            (await gateway.GetAsync("/readyz")).Status.ShouldBe(HttpStatusCode.OK);
            File.Move(file, file + ".aside");

            var ready = await gateway.GetAsync("/readyz");
            var edit = await gateway.SendAsync(HttpMethod.Put, "/admin/models/solo", """{"display_name":"solo","provider":"simulated"}""");
            File.Move(file + ".aside", file);

            ready.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
            ready.Json.GetProperty("status").GetString().ShouldBe("database_lost");
            ready.Json.GetProperty("database").GetProperty("problem").GetString().ShouldNotBeNull().ShouldContain("restore it, or restart");
            ready.Body.ShouldNotContain(folder.FullName);
            edit.ShouldBeError(503, "api_error", "store_unavailable").Message.ShouldContain("was deleted, moved or replaced");
            gateway.Log.ShouldContain(line => line.Contains("was deleted, moved or replaced", StringComparison.Ordinal));
            (await gateway.SendAsync(HttpMethod.Put, "/admin/models/solo", """{"display_name":"solo","provider":"simulated"}""")).Status.ShouldBe(HttpStatusCode.Created);
            (await gateway.GetAsync("/readyz")).Status.ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Chat_AsManyRunsAsAllowedInFlight_Is503WithRetryAfter()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var council = await Council.StartAsync(args: ["--Limits:MaxRuns", "1"]);
        council.Model("solo").Enqueue(StubReply.Gated(gate.Task, StubReply.Text("First.")));

        var first = council.Gateway.ChatAsync(Council.AskSolo);
        await council.RequestAsync("solo");
        var second = await council.Gateway.ChatAsync(Council.AskSolo);
        var ready = await council.Gateway.GetAsync("/readyz");
        gate.SetResult();

        second.ShouldBeError(503, "overloaded_error", "overloaded");
        second.Header("retry-after").ShouldBe("1");
        second.Header("x-ensemble-run-id").ShouldBeNull();
        ready.Json.GetProperty("runs").GetProperty("in_flight").GetInt32().ShouldBe(1);
        ready.Json.GetProperty("runs").GetProperty("max").GetInt32().ShouldBe(1);
        (await first).Content.ShouldBe("First.");
    }
}
