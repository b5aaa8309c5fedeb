using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Core.Tests.Chat;
using Ensemble.Core.Tests.Runs;
using Ensemble.Runs;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Panels;

public sealed class MemberEditsTests
{
    [Fact]
    public void For_FieldsOfTheGateway_AreLeftOutAndTheRestStays()
    {
        var chat = RunBench.Parse(
            """
            {"model":"panel","n":1,"stream":true,"stream_options":{"include_usage":true},"store":true,"metadata":{"a":"b"},"service_tier":"auto",
             "prediction":{"type":"content"},"logprobs":false,"top_logprobs":null,"tools":[],"tool_choice":"none","parallel_tool_calls":true,
             "top_p":0.5,"presence_penalty":1,"user":"u","safety_identifier":"s","reasoning_effort":"low","verbosity":"low","stop":["x"],
             "max_tokens":5,"max_completion_tokens":6,"response_format":{"type":"json_object"},"top_k":3,"seed":9,"temperature":1.5,
             "messages":[{"role":"user","content":"Hi"}]}
            """);

        Sent(chat, new PanelMemberConfig { Model = "a" }).AsObject().Select(field => field.Key).ShouldBe(
        [
            "model", "top_p", "presence_penalty", "user", "safety_identifier", "reasoning_effort", "verbosity", "stop", "max_tokens",
            "max_completion_tokens", "response_format", "top_k", "seed", "temperature", "messages",
        ]);
    }

    [Fact]
    public void For_LongConversationWithAnImage_LeavesEveryMessageAsItStood()
    {
        var messages = new StringBuilder("""[ {"role":"system","content":"B\u00e9 brief."}""");
        for (var turn = 0; turn < 10; turn++)
        {
            messages.Append(turn % 2 == 0 ? ",\n {\"content\" : \"Q" : ",{\"role\":\"assistant\",\"content\":\"A").Append(turn)
                .Append(turn % 2 == 0 ? " \\/ \\u4e2d 中\", \"role\":\"user\" , \"name\":\"n\"}" : "\"}");
        }

        messages.Append(""",{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"high"}}]} ]""");
        var chat = RunBench.Parse($$"""{"model":"panel","x_number":1.00e+2,"messages":{{messages}},"temperature":0.3}""");
        chat.Messages.Count.ShouldBe(12);

        var body = Encoding.UTF8.GetString(Body(chat, new PanelMemberConfig { Model = "a", Temperature = 0.7, Seed = 4 }, 0));

        body.ShouldBe($$"""{"model":"panel","x_number":1.00e+2,"messages":{{messages}},"temperature":0.7,"seed":4}""");
    }

    [Fact]
    public void For_ArbitraryRequests_KeepsEveryOtherFieldByteForByte()
    {
        Prop.ForAll(Arb.From(RequestTexts.Gen), json =>
        {
            var chat = RunBench.Parse(json);
            var member = new PanelMemberConfig { Model = "a", Temperature = 0.25, Seed = 11 };
            var sent = ChatRequestParser.Parse(Body(chat, member, 2), ChatLimits.Default);

            foreach (var field in chat.Fields.Where(field => !MemberEdits.AlwaysDropped.Contains(field.Name) && field.Name is not ("temperature" or "seed")))
            {
                sent.TryGetField(field.Name, out var kept).ShouldBeTrue();
                sent.Slice(kept.Whole).SequenceEqual(chat.Slice(field.Whole)).ShouldBeTrue(field.Name);
            }

            var expected = JsonNode.Parse(json)!.AsObject();
            foreach (var name in MemberEdits.AlwaysDropped)
            {
                expected.Remove(name);
            }

            expected["temperature"] = 0.25;
            expected["seed"] = 13;
            JsonNode.DeepEquals(expected, JsonNode.Parse(sent.Body.Span)).ShouldBeTrue();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Theory]
    [InlineData(null, 0, null)]
    [InlineData(null, 1, null)]
    [InlineData(5L, 0, 5L)]
    [InlineData(5L, 2, 7L)]
    public void For_SamplesOfTheRequestsSeed_CountOn(long? seed, int sample, long? expected)
    {
        var chat = RunBench.Parse($$"""{"model":"panel","seed":{{JsonSerializer.Serialize(seed)}},"messages":[{"role":"user","content":"Hi"}]}""");

        ((long?)JsonNode.Parse(Body(chat, new PanelMemberConfig { Model = "a", Samples = 3 }, sample))!["seed"]).ShouldBe(expected);
    }

    private static JsonNode Sent(ChatRequest chat, PanelMemberConfig member) => JsonNode.Parse(Body(chat, member, 0))!;

    private static byte[] Body(ChatRequest chat, PanelMemberConfig member, int sample) =>
        RequestRewriter.Rewrite(chat, MemberEdits.For(chat, new PanelSlot(member, new SubCallKey(SubCallStep.Candidate, 0, sample)))).ToArray();
}
