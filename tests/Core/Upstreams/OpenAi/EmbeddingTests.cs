using System.Text;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.OpenAi;

public sealed class EmbeddingTests : IAsyncLifetime
{
    private OpenAiHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await OpenAiHarness.StartAsync();

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Send_Texts_GetUnitVectorsInTheirOrder()
    {
        _harness.Served.Default = StubReply.Vectors(text => text == "one" ? [3, 4] : [0, -2], promptTokens: 11);

        var result = await SendAsync("one", "two \ud83d");

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Answer!.Vectors.ShouldNotBeNull().Select(vector => (vector[0], vector[1])).ShouldBe([(0.6f, 0.8f), (0, -1)]);
        (result.Answer.Content, result.Answer.FinishReason, result.Usage).ShouldBe(("", "stop", new TokenUsage(11, 0)));
        var sent = _harness.Stub.Requests.ShouldHaveSingleItem();
        (sent.Path, sent.Headers["Accept"]).ShouldBe(("/v1/embeddings", "application/json"));
        Encoding.UTF8.GetString(sent.Body).ShouldBe("""{"model":"m","input":["one","two \uFFFD"],"encoding_format":"float"}""");
        _harness.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_OperatorsParams_ChangeWhatIsSent()
    {
        _harness.Served.Default = StubReply.Vectors(_ => [1]);
        _harness.Model = _harness.Model with
        {
            Params = new ParamsConfig
            {
                Drop = ["encoding_format"],
                Set = new Dictionary<string, ReadOnlyMemory<byte>> { ["dimensions"] = "256"u8.ToArray() },
            },
        };

        (await SendAsync("one")).Outcome.ShouldBe(CallOutcome.Ok);

        _harness.SentFields().ShouldBe(["model", "input", "dimensions"]);
        _harness.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_VectorsOutOfOrder_ArePutByTheirIndex()
    {
        Answer("""{"data":[{"embedding":[0,1],"index":1},{"index":0,"embedding":[1,0]}],"usage":{"prompt_tokens":2}}""");

        (await SendAsync("a", "b")).Answer!.Vectors.ShouldNotBeNull().Select(vector => vector[0]).ShouldBe([1, 0]);
    }

    [Theory]
    [InlineData("""{"data":[{"index":0,"embedding":[1,0]}]}""", "1 vectors")]
    [InlineData("""{"data":[{"embedding":[1,0]},{"embedding":[1,0]},{"embedding":[1,0]}]}""", "other vectors")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,0]},{"index":0,"embedding":[1,0]}]}""", "other vectors")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,0]},{"index":2,"embedding":[1,0]}]}""", "other vectors")]
    [InlineData("""{"data":[{"embedding":[1,0]},{"embedding":[1,0,0]}]}""", "differ in size")]
    [InlineData("""{"data":[{"embedding":[1,0]},{"embedding":[0,0]}]}""", "zeros")]
    [InlineData("""{"data":[{"embedding":[]},{"embedding":[]}]}""", "zeros")]
    [InlineData("""{"data":[{"embedding":[1,0]},{"embedding":[1e999,0]}]}""", "too large")]
    [InlineData("""{"data":[{"embedding":[1,0]},{"embedding":["NaN",0]}]}""", "Number expected")]
    [InlineData("""{"data":[{"embedding":[1,0]},{"embedding":"AACAPw=="}]}""", "StartArray expected")]
    [InlineData("""{"data":[{"embedding":[1,0]},{}]}""", "without a vector")]
    [InlineData("""{"data":[{"embedding":[1,0]},{"embedding":[1,NaN]}]}""", "")]
    [InlineData("""{"choices":[{"message":{"content":"y"}}]}""", "no data")]
    [InlineData("[]", "StartObject expected")]
    public async Task Send_AnswerThatIsNotTheVectors_IsInvalid(string body, string message)
    {
        Answer(body);

        var result = await SendAsync("a", "b");

        result.Outcome.ShouldBe(CallOutcome.InvalidResponse);
        result.Error!.Message.ShouldContain("not a list of vectors");
        result.Error.Message.ShouldContain(message);
        result.Answer.ShouldBeNull();
    }

    [Fact]
    public async Task Send_LargeNumbers_DoNotOverflow()
    {
        Answer("""{"data":[{"embedding":[3e30,4e30]}]}""");

        (await SendAsync("a")).Answer!.Vectors![0][1].ShouldBe(0.8f, 1e-6);
    }

    [Theory]
    [InlineData(429, "rate_limit_exceeded", CallOutcome.RateLimited)]
    [InlineData(500, null, CallOutcome.ServerError)]
    [InlineData(400, "context_length_exceeded", CallOutcome.RequestRejected)]
    [InlineData(401, "invalid_api_key", CallOutcome.AuthenticationFailed)]
    public async Task Send_Error_IsWhatItIsForAnyCall(int status, string? code, CallOutcome outcome)
    {
        _harness.Served.Default = StubReply.Error(status, code, "no", retryAfter: TimeSpan.FromSeconds(7));

        var result = await SendAsync("a");

        (result.Outcome, result.Error!.Status, result.Error.Code).ShouldBe((outcome, status, code));
        result.Error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
        _harness.Stub.Requests.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Send_ErrorInAGoodAnswer_IsAnError()
    {
        Answer("""{"error":{"message":"slow down","code":429}}""");

        (await SendAsync("a")).Outcome.ShouldBe(CallOutcome.RateLimited);
    }

    [Fact]
    public async Task Send_ChatModel_IsNotFound() => (await SendAsync("a")).Outcome.ShouldBe(CallOutcome.NotFound);

    [Theory]
    [InlineData(StubAzure.Deployments, "/openai/deployments/m/embeddings", "?api-version=2024-10-21")]
    [InlineData(StubAzure.V1, "/openai/v1/embeddings", "")]
    public async Task Send_Azure_AsksItsPathWithItsKey(StubAzure form, string path, string query)
    {
        await using var harness = await OpenAiHarness.StartAsync(new StubOptions { Azure = form, RequiredKey = "azure-key" });
        harness.Secrets.Secret = "azure-key";
        harness.Served.Default = StubReply.Vectors(_ => [1]);
        harness.Model = harness.Model with
        {
            Provider = ProviderKind.AzureOpenAi,
            ApiKey = new SecretReference(SecretSource.Environment, "KEY"),
            ApiVersion = form == StubAzure.Deployments ? "2024-10-21" : null,
        };

        (await SendAsync(harness, ["a"])).Outcome.ShouldBe(CallOutcome.Ok);

        var sent = harness.Stub.Requests.ShouldHaveSingleItem();
        (sent.Path, sent.Query).ShouldBe((path, query));
        harness.Stub.Violations.ShouldBeEmpty();
    }

    private void Answer(string body) => _harness.Served.Enqueue(StubReply.RawBody(200, body, "application/json"));

    private Task<UpstreamResult> SendAsync(params string[] inputs) => SendAsync(_harness, inputs);

    private static Task<UpstreamResult> SendAsync(OpenAiHarness harness, string[] inputs) => harness.Upstream.SendAsync(
        harness.Request(OpenAiHarness.Chat, null, null, new RecordingWatch(), keepChoices: false) with { Inputs = inputs },
        TestContext.Current.CancellationToken);
}
