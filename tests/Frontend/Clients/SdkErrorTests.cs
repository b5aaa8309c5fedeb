using System.ClientModel;
using System.Globalization;
using System.Text.Json;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Clients;

/// <summary>Each reason why there is no answer, as the official clients throw it, whole and streamed.</summary>
public sealed class SdkErrorTests
{
    private const int MaxBodyBytes = 64 * 1024;

    /// <summary>What goes wrong, and the status, the class of Node's client and the code that say so.</summary>
    public static TheoryData<string, int, string, string> Errors => new()
    {
        { "refused", 400, "BadRequestError", "unsupported_by_ensemble" },
        { "rejected", 400, "BadRequestError", "context_length_exceeded" },
        { "key", 401, "AuthenticationError", "invalid_api_key" },
        { "forbidden", 404, "NotFoundError", "model_not_found" },
        { "unknown", 404, "NotFoundError", "model_not_found" },
        { "too large", 413, "APIError", "request_too_large" },
        { "limited", 429, "RateLimitError", "rate_limit_exceeded" },
        { "panel limited", 429, "RateLimitError", "panel_rate_limited" },
        { "failed", 502, "InternalServerError", "upstream_failed" },
        { "panel failed", 502, "InternalServerError", "panel_below_quorum" },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task DotNet_Failure_IsAnExceptionThatSaysWhy(string what, int status, string name, string code)
    {
        name.ShouldNotBeEmpty();
        await using var council = await FailingAsync();
        var (alias, key, question) = Case(what);
        var options = what == "refused" ? new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("weather") } } : null;

        foreach (var ask in (Func<ChatClient, Task>[])
                 [
                     sdk => sdk.CompleteChatAsync([new UserChatMessage(question)], options, Now.Cancel),
                     async sdk => await sdk.CompleteChatStreamingAsync([new UserChatMessage(question)], options, Now.Cancel).ToListAsync(Now.Cancel),
                 ])
        {
            var failure = await Should.ThrowAsync<ClientResultException>(() => ask(council.Gateway.Sdk(alias, key)));

            failure.Status.ShouldBe(status);
            failure.Message.ShouldContain(code);
            var headers = failure.GetRawResponse().ShouldNotBeNull().Headers;
            headers.TryGetValue("Retry-After", out var wait);
            ShouldBeTheWait(wait, status);
        }
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Node_Failure_IsAnExceptionThatSaysWhy(string what, int status, string name, string code)
    {
        Assert.SkipUnless(NodeSdk.Available(out var reason), reason);
        await using var council = await FailingAsync();
        var (alias, key, question) = Case(what);
        var request = JsonSerializer.Serialize(new
        {
            model = alias,
            messages = new[] { new { role = "user", content = question } },
            tools = what == "refused" ? new[] { new { type = "function", function = new { name = "weather" } } } : null,
        });

        foreach (var result in (NodeResult[])
                 [
                     await NodeSdk.WholeAsync(council.Gateway.Endpoint, key, request, cancellationToken: Now.Cancel),
                     await NodeSdk.StreamAsync(council.Gateway.Endpoint, key, request, cancellationToken: Now.Cancel),
                 ])
        {
            var error = result.Error.ShouldNotBeNull();
            error.GetProperty("status").GetInt32().ShouldBe(status);
            error.GetProperty("name").GetString().ShouldBe(name);
            error.GetProperty("code").GetString().ShouldBe(code);
            ShouldBeTheWait(error.GetProperty("retryAfter").GetString(), status);
            result.Answers.ShouldBeEmpty();
        }
    }

    // What the provider asked for, less the time since.
    private static void ShouldBeTheWait(string? wait, int status)
    {
        if (status == 429)
        {
            int.Parse(wait.ShouldNotBeNull(), CultureInfo.InvariantCulture).ShouldBeInRange(1, 20);
        }
        else
        {
            wait.ShouldBeNull();
        }
    }

    private static (string Alias, string Key, string Question) Case(string what) => what switch
    {
        "refused" => ("council", "good", "Hi"),
        "rejected" => ("rejects", "good", "Hi"),
        "key" => ("solo", "nobody", "Hi"),
        "forbidden" => ("solo", "narrow", "Hi"),
        "unknown" => ("nothing", "good", "Hi"),
        "too large" => ("solo", "good", new string('a', 2 * 1024 * 1024)),
        "limited" => ("limited", "good", "Hi"),
        "panel limited" => ("council-limited", "good", "Hi"),
        "failed" => ("failing", "good", "Hi"),
        "panel failed" => ("council-failing", "good", "Hi"),
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    private static async Task<Council> FailingAsync()
    {
        var council = await Council.StartAsync(args: ["--Limits:MaxBodyBytes", $"{MaxBodyBytes}"]);
        council.Stub.Model("rejects").Default = StubReply.Error(400, "context_length_exceeded", "The prompt is too long.", "messages");
        council.Stub.Model("limited").Default = StubReply.Error(429, "rate_limit_exceeded", "Slow down.", retryAfter: TimeSpan.FromSeconds(20));
        council.Stub.Model("failing").Default = StubReply.Error(500, null, "The server had an error.", type: "server_error");
        council.Catalog.Change(Council.Snapshot(
            council.Stub,
            null,
            null,
            catalog => catalog
                .AddKey("good").AddKey("narrow", allowed: ["council"])
                .Add([.. new[] { "rejects", "limited", "failing" }.Select(alias => TestModels.Of(council.Stub, alias))])
                .Add(
                    TestEnsembles.Of("council-limited", ["limited", "limited"], "solo"),
                    TestEnsembles.Of("council-failing", ["failing", "failing"], "solo")),
            revision: 2));
        return council;
    }
}
