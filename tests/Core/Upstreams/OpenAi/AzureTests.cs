using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Providers.OpenAi;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.OpenAi;

/// <summary>The dialect in front of a stub as strict as Azure OpenAI.</summary>
public sealed class AzureTests
{
    private const string Key = "azure-key";
    private const string Version = "2024-10-21";
    private const string Safe = """{"hate":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}""";
    private const string PromptResults = $$"""{"id":"","object":"","created":0,"model":"","choices":[],"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{{Safe}}}]}""";

    private static readonly JsonElement NoDelta = JsonElement.Parse("{}");

    private readonly RecordingSink _sink = new();

    [Fact]
    public async Task Send_Deployment_AsksItsPathWithVersionAndKey()
    {
        await using var harness = await StartAsync(StubAzure.Deployments);

        var whole = await harness.WholeAsync("""{"model":"alias","max_tokens":5,"messages":[{"role":"developer","content":"Hi"},{"role":"user","content":"Hi"}]}""");
        var streamed = await harness.StreamAsync(_sink);

        whole.Outcome.ShouldBe(CallOutcome.Ok);
        streamed.Outcome.ShouldBe(CallOutcome.Ok);
        streamed.Usage.ShouldNotBeNull();
        foreach (var request in harness.Stub.Requests)
        {
            request.Path.ShouldBe("/openai/deployments/m/chat/completions");
            request.Query.ShouldBe("?api-version=2024-10-21");
            request.Headers["api-key"].ShouldBe(Key);
            request.Headers.ContainsKey("Authorization").ShouldBeFalse();
        }

        harness.Stub.Requests[0].Json.GetProperty("messages")[0].GetProperty("role").GetString().ShouldBe("developer");
        harness.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_V1_AsksItsPathWithoutAVersion()
    {
        await using var harness = await StartAsync(StubAzure.V1);

        (await harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.Ok);

        var request = harness.Stub.Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/openai/v1/chat/completions");
        request.Query.ShouldBeEmpty();
        request.Field("model")!.Value.GetString().ShouldBe("m");
        request.Headers["api-key"].ShouldBe(Key);
        harness.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("https://x.openai.azure.com/", "gpt 4/o", Version, "https://x.openai.azure.com/openai/deployments/gpt%204%2Fo/chat/completions?api-version=2024-10-21")]
    [InlineData("https://gateway.example.com/ai/", "m", "2025-04-01-preview", "https://gateway.example.com/ai/openai/deployments/m/chat/completions?api-version=2025-04-01-preview")]
    [InlineData("https://x.openai.azure.com/openai/v1", "m", null, "https://x.openai.azure.com/openai/v1/chat/completions")]
    public void Endpoint_OfEitherForm_IsTheDocumentedOne(string baseUrl, string deployment, string? version, string expected)
    {
        var model = new ModelConfig { DisplayName = "a", Provider = ProviderKind.AzureOpenAi, Model = deployment, ApiVersion = version };

        new ModelProfile(model, new Uri(baseUrl)).Endpoint.AbsoluteUri.ShouldBe(expected);
    }

    [Theory]
    [InlineData(StubAzure.Deployments)]
    [InlineData(StubAzure.V1)]
    public async Task Send_UnknownDeployment_IsNotFound(StubAzure form)
    {
        await using var harness = await StartAsync(form);
        harness.Model = harness.Model with { Model = "nobody" };

        var result = await harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.NotFound);
        result.Error!.Code.ShouldBe("DeploymentNotFound");
    }

    [Fact]
    public async Task Send_WrongKey_WarnsAndNeverShowsIt()
    {
        await using var harness = await StartAsync(StubAzure.Deployments);
        harness.Secrets.Secret = "wrong-key";

        (await harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.AuthenticationFailed);

        harness.Log.Lines.ShouldHaveSingleItem().Text.ShouldNotContain("wrong-key");
    }

    [Fact]
    public async Task Send_StreamWithPromptResultsFirst_IsReadAsAnyOther()
    {
        await using var harness = await StartAsync(StubAzure.Deployments);
        harness.Served.Enqueue(StubReply.Stream(
            StubStep.Raw(PromptResults),
            StubStep.Raw("""{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null,"content_filter_results":{}}]}"""),
            StubStep.Raw($$$"""{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"Blue"},"finish_reason":null,"content_filter_results":{{{Safe}}}}]}"""),
            StubStep.Raw("""{"id":"chatcmpl-1","choices":[{"index":0,"delta":{},"finish_reason":"stop","content_filter_results":{}}]}"""),
            StubStep.Raw("""{"id":"chatcmpl-1","choices":[],"usage":{"prompt_tokens":4,"completion_tokens":1,"total_tokens":5}}"""),
            StubStep.Done()));

        var result = await harness.StreamAsync(_sink);

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Answer.ShouldBe(new ChatAnswer("Blue", "stop"));
        (result.Usage!.PromptTokens, result.Usage.CompletionTokens).ShouldBe((4, 1));
        _sink.Pieces.ShouldBe(["Blue"]);
    }

    [Fact]
    public async Task Send_AnnotationsAfterTheFact_ChangeNoAnswer()
    {
        await using var harness = await StartAsync(StubAzure.Deployments);
        harness.Served.Enqueue(Annotated(StubStep.Raw(Annotation("null"))));

        var result = await harness.StreamAsync(_sink);

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Answer.ShouldBe(new ChatAnswer("Red", "stop"));
        _sink.Pieces.ShouldBe(["Red"]);
    }

    [Fact]
    public async Task Send_FilterThatComesLate_EndsTheAnswerAsFiltered()
    {
        await using var harness = await StartAsync(StubAzure.Deployments);
        harness.Served.Enqueue(Annotated(StubStep.Raw(Annotation("\"content_filter\""))));

        var result = await harness.StreamAsync(_sink);

        result.Outcome.ShouldBe(CallOutcome.Filtered);
        result.Answer!.FinishReason.ShouldBe("content_filter");
    }

    [Fact]
    public async Task Send_AnnotationsToADirectCaller_HaveADeltaAsEveryChunk()
    {
        await using var harness = await StartAsync(StubAzure.Deployments);
        harness.Served.Enqueue(Annotated(
            StubStep.Raw("""{"id":"","choices":[{"index":0,"delta":null,"finish_reason":null}]}"""), StubStep.Raw(Annotation("null"))));

        await harness.StreamAsync(_sink, keepChoices: true);

        var choices = _sink.Choices.Select(text => JsonElement.Parse(text)[0]).ToList();
        choices.Count.ShouldBe(5);
        choices.ShouldAllBe(choice => choice.GetProperty("delta").ValueKind == JsonValueKind.Object);
        JsonElement.DeepEquals(choices[^1].GetProperty("delta"), NoDelta).ShouldBeTrue();
        choices[^1].GetProperty("content_filter_results").GetProperty("hate").GetProperty("severity").GetString().ShouldBe("safe");
        _sink.Choices[0].ShouldBe("""[{"index":0,"delta":{"role":"assistant"},"finish_reason":null}]""");
    }

    [Theory]
    [InlineData("""{"error":{"message":"Filtered.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}}""")]
    [InlineData("""{"error":{"message":"Filtered.","code":"content_filter"}}""")]
    [InlineData("""{"error":{"message":"Filtered.","code":"BadRequest","innererror":{"code":"ResponsibleAIPolicyViolation"}}}""")]
    [InlineData("""{"error":{"message":"Filtered.","code":null,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}""")]
    public async Task Send_PromptThatTheFilterStops_IsFilteredAndNotTheRequestsFault(string body)
    {
        await using var harness = await StartAsync(StubAzure.Deployments);
        harness.Served.Enqueue(StubReply.RawBody(400, body, "application/json"));

        var result = await harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.Filtered);
        result.Error!.Code.ShouldBe("content_filter");
        result.Error.Status.ShouldBe(400);
        harness.Stub.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"error":{"message":"No.","code":"BadRequest","innererror":{"code":"Other"}}}""", 400, CallOutcome.RequestRejected)]
    [InlineData("""{"error":{"message":"No.","code":"BadRequest","innererror":null}}""", 400, CallOutcome.RequestRejected)]
    [InlineData("""{"error":{"message":"No.","code":"content_filter"}}""", 500, CallOutcome.ServerError)]
    public async Task Send_AnotherError_IsWhatItsStatusSays(string body, int status, CallOutcome outcome)
    {
        await using var harness = await StartAsync(StubAzure.Deployments);
        harness.Served.Enqueue(StubReply.RawBody(status, body, "application/json"));

        (await harness.WholeAsync()).Outcome.ShouldBe(outcome);
    }

    [Fact]
    public async Task Send_WholeAnswerCutByTheFilter_IsFiltered()
    {
        await using var harness = await StartAsync(StubAzure.Deployments);
        harness.Served.Enqueue(StubReply.RawBody(
            200,
            $$$"""{"choices":[{"index":0,"finish_reason":"content_filter","message":{"role":"assistant"},"content_filter_results":{{{Safe}}}}],"prompt_filter_results":[]}""",
            "application/json"));

        (await harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.Filtered);
    }

    [Theory]
    [InlineData("retry-after-ms", "1500", "Please retry after 27 seconds.", 1.5)]
    [InlineData("Retry-After", "7", "Please retry after 27 seconds.", 7.0)]
    [InlineData("x-other", "1", "Requests have exceeded call rate limit. Please retry after 27 seconds. Contact us.", 27.0)]
    [InlineData("x-other", "1", "Please retry after 1 second.", 1.0)]
    [InlineData("x-other", "1", "Please retry after 250 milliseconds.", 0.25)]
    [InlineData("x-other", "1", "Retry after 2 days", 86400.0)]
    [InlineData("x-other", "1", "Please retry after a while.", null)]
    public async Task Send_Limited_WaitsAsLongAsItIsAskedTo(string header, string value, string message, double? seconds)
    {
        await using var harness = await StartAsync(StubAzure.Deployments);
        harness.Served.Enqueue(StubReply.RawBody(
            429, $$$"""{"error":{"code":"429","message":"{{{message}}}"}}""", "application/json", new Dictionary<string, string> { [header] = value }));

        var result = await harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.RateLimited);
        result.Error!.RetryAfter.ShouldBe(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null);
    }

    [Fact]
    public async Task Send_VersionOlderThanAParameter_IsLearnedOnce()
    {
        await using var harness = await StartAsync(StubAzure.Deployments, "2024-02-01");
        const string Chat = """{"model":"alias","max_completion_tokens":5,"messages":[{"role":"user","content":"Hi"}]}""";

        (await harness.StreamAsync(_sink, chat: Chat)).Outcome.ShouldBe(CallOutcome.Ok);
        (await harness.StreamAsync(new RecordingSink(), chat: Chat)).Outcome.ShouldBe(CallOutcome.Ok);

        harness.Stub.Requests.Count.ShouldBe(4);
        harness.Stub.Requests[^1].Field("max_tokens")!.Value.GetInt32().ShouldBe(5);
        harness.Stub.Requests[^1].Field("stream_options").ShouldBeNull();

        // What one version did not take says nothing about another.
        harness.Model = harness.Model with { ApiVersion = Version };
        (await harness.StreamAsync(new RecordingSink(), chat: Chat)).Usage.ShouldNotBeNull();
        harness.Stub.Requests.Count.ShouldBe(5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_ReasoningModelUnderAnyDeploymentName_GetsTheLimitItTakes(bool isConfigured)
    {
        await using var harness = await StartAsync(StubAzure.Deployments, reasoning: true);
        if (isConfigured)
        {
            harness.Model = harness.Model with { Params = new ParamsConfig { Rename = new Dictionary<string, string> { ["max_tokens"] = "max_completion_tokens" } } };
        }

        var result = await harness.WholeAsync("""{"model":"alias","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}""");

        result.Outcome.ShouldBe(CallOutcome.Ok);
        harness.Stub.Requests[^1].Field("max_completion_tokens")!.Value.GetInt32().ShouldBe(5);
        harness.Stub.Requests.Count.ShouldBe(isConfigured ? 1 : 2);
    }

    private static StubReply Annotated(params StubStep[] late) => StubReply.Stream(
        [
            StubStep.Raw(PromptResults),
            StubStep.Raw("""{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"role":"assistant"},"finish_reason":null}]}"""),
            StubStep.Raw("""{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"Red"},"finish_reason":null}]}"""),
            StubStep.Raw("""{"id":"chatcmpl-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""),
            .. late,
            StubStep.Done(),
        ]);

    private static string Annotation(string finish) =>
        $$$"""{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":{{{finish}}},"content_filter_results":{{{Safe}}},"content_filter_offsets":{"check_offset":3,"start_offset":0,"end_offset":3}}]}""";

    private static async Task<OpenAiHarness> StartAsync(StubAzure form, string version = Version, bool reasoning = false)
    {
        var harness = await OpenAiHarness.StartAsync(new StubOptions
        {
            Azure = form,
            RequiredKey = Key,
            ReasoningModels = reasoning ? new HashSet<string> { "m" } : new HashSet<string>(),
        });
        harness.Secrets.Secret = Key;
        harness.Model = harness.Model with
        {
            Provider = ProviderKind.AzureOpenAi,
            ApiVersion = form == StubAzure.Deployments ? version : null,
            ApiKey = new SecretReference(SecretSource.Environment, "KEY"),
        };
        return harness;
    }
}
