using Ensemble.Chat;
using Ensemble.Core.Tests.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging;

namespace Ensemble.Core.Tests.Upstreams.OpenAi;

public sealed class LearnedParameterTests
{
    [Fact]
    public async Task Send_BothNamesOfTheLimitRefused_IsTriedOnceUnderEach()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Default = StubReply.Dynamic(request => request.Field("max_tokens") is null
            ? StubReply.Error(400, "unsupported_parameter", "'max_completion_tokens' is not supported.", "max_completion_tokens")
            : StubReply.Error(400, "unsupported_parameter", "'max_tokens' is not supported.", "max_tokens"));

        (await harness.WholeAsync("""{"model":"alias","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}"""))
            .Outcome.ShouldBe(CallOutcome.RequestRejected);

        harness.Stub.Requests.Count.ShouldBeLessThanOrEqualTo(3);
    }

    [Theory]
    [InlineData("registry.ollama.ai/library/gemma3 does not support tools", null)]
    [InlineData("Function calling is not enabled for this model", null)]
    [InlineData("Unsupported parameter: 'tools'.", "tools")]
    public async Task Send_ToolsRefusedToAModelThatOnlyAdvises_AreTextFromThenOn(string message, string? param)
    {
        await using var harness = await OpenAiHarness.StartAsync();
        Refuse(harness, "tools", StubReply.Error(400, null, message, param));
        const string Chat = """
            {"model":"alias","tools":[{"type":"function","function":{"name":"weather"}}],"messages":[{"role":"user","content":"Hi"},
             {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"c1","content":"rain"}]}
            """;
        var chat = RunBench.Parse(Chat);
        var edits = new RequestEdits { MessagesWithoutTools = () => ToolCallText.Conversation(chat) };
        edits.Set("tool_choice", "none");

        var first = await harness.WholeAsync(Chat, edits);
        var second = await harness.WholeAsync(Chat, edits);
        var direct = await harness.WholeAsync(Chat);

        harness.Stub.Requests.Count.ShouldBe(4);
        foreach (var result in (UpstreamResult[])[first, second])
        {
            result.Outcome.ShouldBe(CallOutcome.Ok);
            result.DroppedParameters.ShouldBe(["tools"]);
        }

        var sent = harness.Stub.Requests[2];
        (sent.Field("tools"), sent.Field("tool_choice")).ShouldBe((null, null));
        var messages = sent.Field("messages")!.Value;
        messages.GetArrayLength().ShouldBe(4);
        messages[0].GetProperty("content").GetString()!.ShouldContain("weather");
        messages[2].GetProperty("content").GetString().ShouldBe("Tool call: weather({})");
        messages[3].GetProperty("role").GetString().ShouldBe("user");
        messages[3].GetProperty("content").GetString()!.ShouldContain("rain");

        // Whose caller must have the tools is refused as before.
        direct.Outcome.ShouldBe(CallOutcome.RequestRejected);
        harness.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Unrecognized request argument supplied: reasoning_effort", null, null)]
    [InlineData("Unsupported value: 'reasoning_effort' does not support 'none' with this model.", "reasoning_effort", "unsupported_value")]
    public async Task Send_RefusedEffort_GoesWithout(string message, string? param, string? code)
    {
        await using var harness = await OpenAiHarness.StartAsync();
        Refuse(harness, "reasoning_effort", StubReply.Error(400, code, message, param));
        var edits = new RequestEdits().Set("reasoning_effort", "none");

        var first = await harness.WholeAsync(OpenAiHarness.Chat, edits);
        var second = await harness.WholeAsync(OpenAiHarness.Chat, edits);

        harness.Stub.Requests.Count.ShouldBe(3);
        ((UpstreamResult[])[first, second]).ShouldAllBe(result =>
            result.Outcome == CallOutcome.Ok && result.DroppedParameters.SequenceEqual(new[] { "reasoning_effort" }));
        harness.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Unsupported parameter: 'seed' is not supported with this model.", "seed", "unsupported_parameter")]
    [InlineData("Unrecognized request argument supplied: seed", null, null)]
    [InlineData("Invalid JSON payload received. Unknown name \"seed\": Cannot find field.", null, "400")]
    [InlineData("seed: Extra inputs are not permitted", null, null)]
    [InlineData("property 'seed' is unsupported", null, null)]
    [InlineData("`seed` is deprecated for this model.", null, null)]
    [InlineData("Argument not supported on this model: Seed", null, null)]
    public async Task Send_RefusedParameter_IsLeftOutFromThenOn(string message, string? param, string? code)
    {
        await using var harness = await OpenAiHarness.StartAsync();
        Refuse(harness, "seed", StubReply.Error(400, code, message, param));
        const string Chat = """{"model":"alias","seed":7,"messages":[{"role":"user","content":"Hi"}]}""";

        var first = await harness.WholeAsync(Chat);
        var second = await harness.WholeAsync(Chat);

        harness.Stub.Requests.Count.ShouldBe(3);
        foreach (var result in (UpstreamResult[])[first, second])
        {
            result.Outcome.ShouldBe(CallOutcome.Ok);
            result.DroppedParameters.ShouldBe(["seed"]);
        }

        var (level, text) = harness.Log.Lines.ShouldHaveSingleItem();
        level.ShouldBe(LogLevel.Information);
        text.ShouldContain("'seed'");
    }

    [Fact]
    public async Task Send_RefusedLimit_IsSentUnderTheOtherName()
    {
        await using var harness = await OpenAiHarness.StartAsync(new StubOptions { ReasoningModels = new HashSet<string> { "m" } });

        var result = await harness.WholeAsync("""{"model":"alias","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}""");

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.DroppedParameters.ShouldBeEmpty();
        harness.Stub.Requests[^1].Field("max_completion_tokens")!.Value.GetInt32().ShouldBe(5);
    }

    [Theory]
    [InlineData(4, CallOutcome.Ok, 5)]
    [InlineData(8, CallOutcome.Ok, 9)]
    [InlineData(9, CallOutcome.RequestRejected, 9)]
    public async Task Send_SeveralRefusedParameters_AreLeftOutUpToEightInOneCall(int count, CallOutcome outcome, int requests)
    {
        string[] names = ["seed", "user", "top_p", "logit_bias", "stop", "temperature", "presence_penalty", "frequency_penalty", "store"];
        await using var harness = await OpenAiHarness.StartAsync(new StubOptions { RefusedFields = names.Take(count).ToHashSet() });

        var result = await harness.WholeAsync(
            """
            {"model":"alias","seed":7,"user":"u","top_p":0.5,"logit_bias":{},"stop":"x","temperature":0.1,"presence_penalty":1,"frequency_penalty":1,
            "store":true,"messages":[{"role":"user","content":"Hi"}]}
            """);

        result.Outcome.ShouldBe(outcome);
        harness.Stub.Requests.Count.ShouldBe(requests);
    }

    [Fact]
    public async Task Send_RefusedValue_IsForgottenForOtherValues()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Default = StubReply.Dynamic(request => request.Field("reasoning_effort")?.GetString() == "xhigh"
            ? StubReply.Error(400, "unsupported_value", "Unsupported value: 'reasoning_effort' does not support 'xhigh'.", "reasoning_effort")
            : StubReply.Text("yes"));

        (await harness.WholeAsync(Effort("xhigh"))).DroppedParameters.ShouldBe(["reasoning_effort"]);
        (await harness.WholeAsync(Effort("low"))).DroppedParameters.ShouldBeEmpty();
        (await harness.WholeAsync(Effort("xhigh"))).DroppedParameters.ShouldBe(["reasoning_effort"]);

        harness.Stub.Requests.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("temperature", "Invalid 'temperature': expected a value <= 1.", "decimal_above_max_value")]
    [InlineData("response_format", "'response_format' is not supported with this model.", "unsupported_parameter")]
    [InlineData("max_tokens", "'max_tokens' is too large: 5. At most 4 are supported.", null)]
    [InlineData("messages[0].role", "'messages[0].role' does not support 'user'.", "unsupported_value")]
    [InlineData(null, "This model is not available to user or stop words.", null)]
    [InlineData(null, "'not_sent' is not supported.", null)]
    public async Task Send_RequestThatIsAtFault_IsNotRepeated(string? param, string message, string? code)
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Default = StubReply.Error(400, code, message, param);

        var result = await harness.WholeAsync(
            """
            {"model":"alias","temperature":1.5,"user":"u","stop":["x"],"max_tokens":5,"response_format":{"type":"json_object"},
            "messages":[{"role":"user","content":"Hi"}]}
            """);

        result.Outcome.ShouldBe(CallOutcome.RequestRejected);
        result.DroppedParameters.ShouldBeEmpty();
        harness.Stub.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Send_ManyInventedParameters_DoNotKeepARealOneFromBeingLearned()
    {
        await using var harness = await OpenAiHarness.StartAsync(new StubOptions { RefuseUnknownFields = true, RefusedFields = new HashSet<string> { "seed" } });
        for (var i = 0; i < 40; i++)
        {
            await harness.WholeAsync($$"""{"model":"alias","made_up_{{i}}":1,"messages":[{"role":"user","content":"Hi"}]}""");
        }

        const string Chat = """{"model":"alias","seed":7,"messages":[{"role":"user","content":"Hi"}]}""";
        await harness.WholeAsync(Chat);
        var before = harness.Stub.Requests.Count;
        await harness.WholeAsync(Chat);

        (harness.Stub.Requests.Count - before).ShouldBe(1);
    }

    [Fact]
    public async Task Send_ProviderWithoutStreamOptions_IsStillStreamedFrom()
    {
        await using var harness = await OpenAiHarness.StartAsync(new StubOptions { RefusedFields = new HashSet<string> { "stream_options" } });
        var sink = new RecordingSink();

        var result = await harness.StreamAsync(sink);

        result.Outcome.ShouldBe(CallOutcome.Ok);
        sink.Text.ShouldNotBeEmpty();
        result.Usage.ShouldBeNull();
    }

    [Theory]
    [InlineData("temperature", "0.3", 400, """{"error":{"message":"temperature may be nothing but 1 here","type":"invalid_request_error"}}""")]
    [InlineData("top_p", "0.3", 400, """{"error":{"message":"bad top_p, want 0.9","type":"invalid_request_error"}}""")]
    [InlineData("presence_penalty", "0.5", 400, """{"code":"bad","error":"The model x-4 takes no argument presencePenalty."}""")]
    [InlineData("frequency_penalty", "0.5", 422, """{"message":"frequency_penalty: no such property","param":"whole_body","code":"format"}""")]
    [InlineData("seed", "1", 400, """{"error":{"message":"Bad input: #: surplus key [seed] found"}}""")]
    [InlineData("seed", "1", 400, """{"error":{"message":"[\"At request -> seed: surplus input\"]","code":400}}""")]
    [InlineData("user", "\"u\"", 400, """{"message":"field 'user' is wrong here"}""")]
    [InlineData("stop", "[\"x\"]", 422, """{"detail":[{"type":"extra_forbidden","loc":["body","stop"],"msg":"surplus"}]}""")]
    [InlineData("frequency_penalty", "0.5", 400, """{"errors":[{"path":["frequency_penalty"],"message":"surplus"}]}""")]
    [InlineData("stop", "[\"x\"]", 400, """{"errors":[{"pointer":"/body/stop","message":"surplus"}]}""")]
    [InlineData("store", "true", 400, """{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"message\":\"store: surplus\"}"}}}""")]
    [InlineData("verbosity", "\"low\"", 400, "verbosity is a stranger to this server")]
    public async Task Send_RefusalThatNamesAField_IsTriedOnceWithoutItAndRemembered(string field, string value, int status, string body)
    {
        await using var harness = await OpenAiHarness.StartAsync();
        Refuse(harness, field, StubReply.RawBody(status, body, "application/json"));
        var chat = $$"""{"model":"alias","{{field}}":{{value}},"messages":[{"role":"user","content":"Hi"}]}""";

        (await harness.WholeAsync(chat)).DroppedParameters.ShouldBe([field]);
        (await harness.WholeAsync(chat)).Outcome.ShouldBe(CallOutcome.Ok);
        harness.Stub.Requests.Count.ShouldBe(3);

        harness.Time.Advance(TimeSpan.FromHours(1));
        await harness.WholeAsync(chat);
        harness.Stub.Requests.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Send_RefusalThatStaysWithoutTheField_IsNotRemembered()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Default = StubReply.Error(400, null, "The parameter 'seed' is wrong.");
        const string Chat = """{"model":"alias","seed":7,"messages":[{"role":"user","content":"Hi"}]}""";

        (await harness.WholeAsync(Chat)).Outcome.ShouldBe(CallOutcome.RequestRejected);
        harness.Served.Default = StubReply.Text("yes");
        await harness.WholeAsync(Chat);

        harness.Stub.Requests.Count.ShouldBe(3);
        harness.SentFields().ShouldContain("seed");
    }

    [Theory]
    [InlineData("""{"model":"alias","temperature":0.5,"messages":[{"role":"user","content":"say temperature"}]}""")]
    [InlineData("""{"model":"alias","temperature":0.5,"messages":[{"role":"user","content":"say \u0074emperature"}]}""")]
    [InlineData("""{"model":"alias","temperature":0.5,"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"temperature"}}]}""")]
    public async Task Send_WordOfTheCallersOwnText_IsNeverRemembered(string chat)
    {
        await using var harness = await OpenAiHarness.StartAsync();
        Refuse(harness, "temperature", StubReply.Error(400, null, "You said: 'temperature' is not supported."));

        (await harness.WholeAsync(chat)).Outcome.ShouldBe(CallOutcome.Ok);
        await harness.WholeAsync("""{"model":"alias","temperature":0.5,"messages":[{"role":"user","content":"Hi"}]}""");

        harness.Stub.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Send_OneCallersRefusedValues_LeaveTheFieldToOthers()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Default = StubReply.Dynamic(request => request.Field("user")?.GetString()?.StartsWith("bad", StringComparison.Ordinal) == true
            ? StubReply.Error(400, null, "The field 'user' is wrong.")
            : StubReply.Text("yes"));
        await harness.WholeAsync(User("bad-0"));
        await harness.WholeAsync(User("good"));
        for (var index = 1; index < 6; index++)
        {
            (await harness.WholeAsync(User($"bad-{index}"))).DroppedParameters.ShouldBe(["user"]);
        }

        (await harness.WholeAsync(User("fine"))).DroppedParameters.ShouldBeEmpty();

        static string User(string user) => $$"""{"model":"alias","user":"{{user}}","messages":[{"role":"developer","content":"Hi"}]}""";
    }

    [Theory]
    [InlineData("temperature", 400, "1.1 1.2 1.3 1.4", "0.3", """{"error":{"message":"temperature must be in [0, 1], got 1.6.","param":"temperature"}}""")]
    [InlineData("temperature", 400, "1.1 1.2 1.3 1.4", "0.3", """{"error":{"message":"temperature must be in [0, 1].","param":"temperature","code":400}}""")]
    [InlineData("reasoning_effort", 400, "\"b1\" \"b2\" \"b3\"", "\"low\"", """{"error":{"message":"Invalid value: 'b1'.","param":"reasoning_effort","code":"invalid_value"}}""")]
    [InlineData("stop", 422, "[\"1\",\"5\"] [\"2\",\"5\"] [\"3\",\"5\"]", "[\"x\"]", """{"detail":[{"type":"value_error","loc":["body","stop"],"msg":"too many"}]}""")]
    [InlineData("seed", 400, "1 2 3 4", "7", """{"error":{"message":"The parameter 'seed' is wrong."}}""")]
    public async Task Send_AnyNumberOfRefusedValues_LeavesOtherValuesAsTheyAre(string field, int status, string refused, string taken, string error)
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Default = StubReply.Dynamic(request => request.Field(field) is { } value && value.GetRawText() != taken
            ? StubReply.RawBody(status, error, "application/json")
            : StubReply.Text("yes"));
        foreach (var value in refused.Split(' '))
        {
            (await harness.WholeAsync(With(value))).DroppedParameters.ShouldBe([field]);
        }

        (await harness.WholeAsync(With(taken))).DroppedParameters.ShouldBeEmpty();

        string With(string value) => $$"""{"model":"alias","{{field}}":{{value}},"messages":[{"role":"user","content":"Hi"}]}""";
    }

    [Fact]
    public async Task Send_TwoFieldsRefusedForTheirValues_LeaveOtherValuesAsTheyAre()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Default = StubReply.Dynamic(request => request.Field("top_p")?.GetDouble() > 0.8
            ? StubReply.Error(400, null, "`temperature` and `top_p` must be in [0, 0.8].")
            : StubReply.Text("yes"));

        (await harness.WholeAsync(Both("0.3", "0.9"))).DroppedParameters.ShouldBe(["top_p"]);
        (await harness.WholeAsync(Both("0.3", "0.5"))).DroppedParameters.ShouldBeEmpty();

        static string Both(string temperature, string topP) =>
            $$"""{"model":"alias","temperature":{{temperature}},"top_p":{{topP}},"messages":[{"role":"user","content":"Hi"}]}""";
    }

    [Theory]
    [InlineData("max_tokens exceeds the maximum output length of this model", CallOutcome.RequestRejected)]
    [InlineData("max_tokens: too large", CallOutcome.RequestRejected)]
    [InlineData("max_tokens (or max_completion_tokens) must be an integer", CallOutcome.RequestRejected)]
    [InlineData("max_tokens is not to our taste", CallOutcome.Ok)]
    public async Task Send_LimitRefusedForItsValue_IsNotRenamedForOthers(string message, CallOutcome outcome)
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Default = StubReply.Dynamic(
            request => request.Field("max_tokens")?.GetInt32() > 1000 ? StubReply.Error(400, null, message, "max_tokens") : StubReply.Text("yes"));

        (await harness.WholeAsync(Limit(5000))).Outcome.ShouldBe(outcome);
        await harness.WholeAsync(Limit(5));

        harness.Stub.Requests[^1].Field("max_tokens")!.Value.GetInt32().ShouldBe(5);

        static string Limit(int tokens) => $$"""{"model":"alias","max_tokens":{{tokens}},"messages":[{"role":"user","content":"Hi"}]}""";
    }

    [Fact]
    public async Task Send_UnknownNameOfTheLimit_IsRenamedForEachValue()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        Refuse(harness, "max_tokens", StubReply.Error(400, null, "'max_tokens' is not supported: use 'max_completion_tokens'.", "max_tokens"));

        await harness.WholeAsync("""{"model":"alias","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}""");
        await harness.WholeAsync("""{"model":"alias","max_tokens":6,"messages":[{"role":"user","content":"Hi"}]}""");

        harness.Stub.Requests.Count.ShouldBe(3);
        harness.Stub.Requests[^1].Field("max_completion_tokens")!.Value.GetInt32().ShouldBe(6);
    }

    [Theory]
    [InlineData(true, "top_p")]
    [InlineData(false, "temperature")]
    public async Task Send_PairOfWhichOneIsTaken_GoesWithoutTheOneThatTheCatalogDidNotSet(bool setsTemperature, string dropped)
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Default = StubReply.Dynamic(request => request.Field("temperature") is not null && request.Field("top_p") is not null
            ? StubReply.Error(400, null, "`temperature` and `top_p` exclude each other here.")
            : StubReply.Text("yes"));
        var (field, value) = setsTemperature ? ("temperature", 0.2) : ("top_p", 0.5);
        var edits = new Ensemble.Chat.RequestEdits().Set(field, value);
        const string Both = """{"model":"alias","temperature":0.2,"top_p":0.5,"messages":[{"role":"user","content":"Hi"}]}""";

        (await harness.WholeAsync(Both, edits)).DroppedParameters.ShouldBe([dropped]);
        (await harness.WholeAsync(Both, edits)).DroppedParameters.ShouldBe([dropped]);
        harness.Stub.Requests.Count.ShouldBe(3);

        // Alone, what was left out beside the other is sent.
        var alone = Both.Replace(dropped == "top_p" ? "\"temperature\":0.2," : "\"top_p\":0.5,", "", StringComparison.Ordinal);
        (await harness.WholeAsync(alone)).DroppedParameters.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_PairOfTheCallers_GoesWithoutTopP()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        Refuse(harness, "top_p", StubReply.Error(400, null, "`temperature` and `top_p` exclude each other here."));

        (await harness.WholeAsync("""{"model":"alias","temperature":0.2,"top_p":0.5,"messages":[{"role":"user","content":"Hi"}]}"""))
            .DroppedParameters.ShouldBe(["top_p"]);
        harness.Stub.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("max_tokens", "max_completion_tokens", "'max_tokens' is not supported with this model.", "unsupported_parameter", null)]
    [InlineData("max_completion_tokens", "max_tokens", "max_completion_tokens: surplus", null, "validation_error")]
    public async Task Send_RefusedNameOfTheLimit_IsTriedUnderTheOther(string sent, string taken, string message, string? code, string? param)
    {
        await using var harness = await OpenAiHarness.StartAsync();
        Refuse(harness, sent, StubReply.Error(422, code, message, param));
        var chat = $$"""{"model":"alias","{{sent}}":5,"messages":[{"role":"user","content":"Hi"}]}""";

        (await harness.WholeAsync(chat)).DroppedParameters.ShouldBeEmpty();
        (await harness.WholeAsync(chat)).Outcome.ShouldBe(CallOutcome.Ok);

        harness.Stub.Requests.Count.ShouldBe(3);
        harness.Stub.Requests[^1].Field(taken)!.Value.GetInt32().ShouldBe(5);
    }

    private static string Effort(string effort) =>
        $$"""{"model":"alias","reasoning_effort":"{{effort}}","messages":[{"role":"user","content":"Hi"}]}""";

    private static void Refuse(OpenAiHarness harness, string field, StubReply error) =>
        harness.Served.Default = StubReply.Dynamic(request => request.Field(field) is null ? StubReply.Text("yes") : error);
}
