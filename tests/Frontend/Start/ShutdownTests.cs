using System.Net;
using System.Text;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Start;

public sealed class ShutdownTests
{
    [Fact]
    public async Task Terminate_WithAStreamInFlight_FinishesItAndTakesNoOther()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stub = await UpstreamStub.StartAsync();
        stub.Model("m").Default = StubReply.Stream(
            StubStep.Delta("It is"), StubStep.Wait(gate.Task), StubStep.Delta(" Paris."), StubStep.Finish(), StubStep.Done());
        using var file = new CatalogFile(CatalogFile.Of(stub.BaseUrl, "solo", "m"));
        var (product, http) = await Product.ServeAsync("--Catalog:File", file.Path);
        await using var running = product;
        using var client = http;
        using var stream = await AskAsync(http);
        var role = await stream.NextEventAsync();

        await product.TerminateAsync();
        var ready = await DrainingAsync(http);
        using var refused = await http.PostAsync("/v1/chat/completions", Body(), Now.Cancel);
        using var live = await http.GetAsync("/livez", Now.Cancel);
        gate.SetResult();
        var rest = await stream.RestAsync();
        var code = await product.EndAsync();

        role!.ShouldContain("assistant");
        EventStream.Content(rest).ShouldBe("It is Paris.");
        rest[^1].ShouldBe("data: [DONE]");
        ready.Json.GetProperty("status").GetString().ShouldBe("draining");
        var answer = await Answer.ReadAsync(refused);
        answer.ShouldBeError(503, "overloaded_error", "draining");
        answer.Header("retry-after").ShouldBe("1");
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        code.ShouldBe(0, product.Output + product.Errors);
        product.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Terminate_AtRest_EndsWith0()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        var (product, http) = await Product.ServeAsync();
        await using var running = product;
        using var client = http;

        await product.TerminateAsync();

        (await product.EndAsync()).ShouldBe(0, product.Output + product.Errors);
        product.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, "--Usage:Log", "true")]
    [InlineData(0)]
    public async Task Terminate_AfterARun_HasWrittenItsSubCallsWhereAsked(int lines, params string[] args)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        await using var stub = await UpstreamStub.StartAsync();
        stub.Model("m").Default = StubReply.Stream(StubStep.Delta("It is Paris."), StubStep.Finish(), StubStep.Done());
        using var file = new CatalogFile(CatalogFile.Of(stub.BaseUrl, "solo", "m"));
        var (product, http) = await Product.ServeAsync(["--Catalog:File", file.Path, .. args]);
        await using var running = product;
        using var client = http;
        using var stream = await AskAsync(http);
        (await stream.RestAsync())[^1].ShouldBe("data: [DONE]");

        await product.TerminateAsync();

        (await product.EndAsync()).ShouldBe(0, product.Output + product.Errors);
        product.Output.Split('\n').Count(line => line.StartsWith("""{"event":"sub_call",""", StringComparison.Ordinal)).ShouldBe(lines);
    }

    private static async Task<EventStream> AskAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = Body() };
        return await EventStream.OpenAsync(await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Now.Cancel));
    }

    private static StringContent Body() => new(Council.AskSoloStreamed, Encoding.UTF8, "application/json");

    /// <summary>A signal gives no sign of its arrival but this one: readiness is asked until it changes.</summary>
    private static async Task<Answer> DrainingAsync(HttpClient http)
    {
        Answer? ready = null;
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await http.GetAsync("/readyz", Now.Cancel);
                ready = await Answer.ReadAsync(response);
                return ready.Status == HttpStatusCode.ServiceUnavailable;
            },
            Now.Cancel);
        return ready!;
    }
}
