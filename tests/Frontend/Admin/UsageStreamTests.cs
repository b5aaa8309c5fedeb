using System.Net;
using System.Text.Json;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ensemble.Frontend.Tests.Admin;

/// <summary>The endpoint to the accounts as they come.</summary>
public sealed class UsageStreamTests
{
    [Fact]
    public async Task Stream_ChatEnds_ShowsItsCallsAndItsRunAsTheAccountsHaveThem()
    {
        await using var council = await StartAsync();
        using var live = await WatchAsync(council);
        live.Response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        live.Response.Headers.CacheControl!.NoStore.ShouldBeTrue();

        var chat = await council.Gateway.ChatAsync(Council.Ask);
        var (calls, run) = await live.RunAsync();
        await council.Gateway.Services.GetRequiredService<UsageLedger>().StopAsync(Now.Cancel);
        var rows = await council.Gateway.ReadAsync("/admin/usage");
        var runs = await council.Gateway.ReadAsync("/admin/runs");

        Texts(calls).ShouldBe(Texts(rows.Json.GetProperty("data").EnumerateArray()), ignoreOrder: true);
        run.GetRawText().ShouldBe(runs.Json.GetProperty("data")[0].GetRawText());
        calls.Count.ShouldBe(4);
        run.GetProperty("run").GetString().ShouldBe(chat.Header("x-ensemble-run-id"));
        var told = chat.Json.GetProperty("usage");
        foreach (var tokens in (string[])["prompt_tokens", "completion_tokens"])
        {
            calls.Sum(call => call.GetProperty(tokens).GetInt64()).ShouldBe(told.GetProperty(tokens).GetInt64());
            run.GetProperty(tokens).GetInt64().ShouldBe(told.GetProperty(tokens).GetInt64());
        }
    }

    [Fact]
    public async Task Stream_TwoWatchers_EachSeesWhatItAskedFor()
    {
        await using var council = await StartAsync();
        using var solo = await WatchAsync(council, "?ensemble=solo");
        using var judge = await WatchAsync(council, "?model=bilby&ensemble=council");
        using var nobody = await WatchAsync(council, "?caller=");

        await council.Gateway.ChatAsync(Council.Ask);
        await council.Gateway.ChatAsync(Council.AskSolo);
        await council.Gateway.ChatAsync(Council.Ask);

        var (calls, run) = await solo.RunAsync();
        calls.ShouldHaveSingleItem().GetProperty("model").GetString().ShouldBe("solo");
        run.GetProperty("ensemble").GetString().ShouldBe("solo");
        for (var time = 0; time < 2; time++)
        {
            var (name, call) = await judge.NextAsync();
            (name, call.GetProperty("model").GetString()).ShouldBe(("sub_call", "bilby"), "no runs where a model is meant");
        }

        (await nobody.RunAsync()).Calls.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Stream_TooSlow_IsToldHowMuchWasLeftOut()
    {
        const int Count = 20_000;
        var feed = new UsageFeed(capacity: 2);
        await using var council = await StartAsync(configure: services => services.AddSingleton(feed));
        using var live = await WatchAsync(council);

        for (var member = 0; member < Count; member++)
        {
            feed.Append(TestUsage.SubCall(RunId.New(), member));
        }

        var (seen, dropped) = (0L, 0L);
        while (seen + dropped < Count)
        {
            var (name, data) = await live.NextAsync();
            (seen, dropped) = name == "sub_call" ? (seen + 1, dropped) : (seen, dropped + data.GetProperty("count").GetInt64());
        }

        (seen + dropped).ShouldBe(Count);
        dropped.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Stream_Interrupted_SaysSo()
    {
        var feed = new UsageFeed();
        await using var council = await StartAsync(configure: services => services.AddSingleton(feed));
        using var live = await WatchAsync(council);

        feed.ReportGap();

        (await live.ReadAsync()).ShouldBe(("gap", "{}"));
    }

    [Fact]
    public async Task Stream_Silence_IsKeptAliveEveryTenSeconds()
    {
        await using var council = await StartAsync(manualClock: true);
        using var live = await WatchAsync(council);

        for (var time = 0; time < 3; time++)
        {
            await council.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(10), Now.Cancel);
            council.Clock.Advance(TimeSpan.FromSeconds(10));
            (await live.ReadAsync()).ShouldBe((null, ": keep-alive"));
        }
    }

    [Fact]
    public async Task Stream_ProcessStops_EndsCleanlyAndNoOtherBegins()
    {
        await using var council = await StartAsync();
        using var live = await WatchAsync(council);

        council.Gateway.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        (await live.ReadAsync()).ShouldBe((null, null));
        council.Gateway.Services.GetRequiredService<UsageFeed>().IsWatched.ShouldBeFalse();
        council.Gateway.Faults.ShouldBeEmpty();
        var next = await council.Gateway.ReadAsync("/admin/usage/stream");
        next.ShouldBeError(503, "overloaded_error", "draining");
    }

    [Fact]
    public async Task Terminate_WhileWatched_EndsWith0()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        var (product, http) = await Product.ServeAsync();
        await using var running = product;
        using var client = http;
        using var live = await LiveUsage.OpenAsync(http);

        await product.TerminateAsync();

        (await live.ReadAsync()).ShouldBe((null, null));
        (await product.EndAsync()).ShouldBe(0, product.Output + product.Errors);
        product.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stream_WatcherLeaves_MakesRoomForAnother()
    {
        var feed = new UsageFeed(maxWatchers: 1);
        await using var council = await StartAsync(configure: services => services.AddSingleton(feed));
        var left = new TaskCompletionSource();
        feed.Changed += () =>
        {
            if (!feed.IsWatched)
            {
                left.TrySetResult();
            }
        };
        using (await WatchAsync(council))
        {
            var refused = await council.Gateway.ReadAsync("/admin/usage/stream");
            refused.ShouldBeError(503, "overloaded_error", "too_many_watchers").Message.ShouldContain("watch already");
            refused.Header("retry-after").ShouldBe("10");
        }

        await left.Task.WaitAsync(Now.Cancel);
        using var next = await WatchAsync(council);
    }

    [Theory]
    [InlineData("?modle=x", "modle", "model")]
    [InlineData("?model=x&model=y", "model", "once")]
    [InlineData("?role=judge", "role", "caller")]
    public async Task Parameter_ThatMakesNoSense_IsA400ThatSaysHowToFixIt(string query, string parameter, string advice)
    {
        await using var council = await StartAsync();

        var answer = await council.Gateway.ReadAsync($"/admin/usage/stream{query}");

        answer.ShouldBeError(400, "invalid_request_error", null, parameter).Message.ShouldContain(advice);
    }

    [Fact]
    public async Task Endpoint_WithoutTheAdminKey_IsClosed()
    {
        await using var council = await Council.StartAsync(more: catalog => catalog.AddKey("sk-anna"), args: AdminExtensions.KeyOption);

        var answer = await council.Gateway.GetAsync("/admin/usage/stream", "sk-anna");

        answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Header("cache-control").ShouldBe("no-store");
    }

    private static Task<LiveUsage> WatchAsync(Council council, string query = "") => LiveUsage.OpenAsync(council.Gateway.Http, query, AdminExtensions.Key);

    /// <summary>With the accounts that the product has by itself.</summary>
    private static Task<Council> StartAsync(bool manualClock = false, Action<IServiceCollection>? configure = null) => Council.StartAsync(
        manualClock,
        configure: services =>
        {
            services.Remove(services.Last(service => service.ServiceType == typeof(IUsageSink) && !service.IsKeyedService));
            configure?.Invoke(services);
        },
        args: [.. AdminExtensions.KeyOption, "--Usage:Log", "false"]);

    private static IEnumerable<string> Texts(IEnumerable<JsonElement> rows) => rows.Select(row => row.GetRawText());
}
