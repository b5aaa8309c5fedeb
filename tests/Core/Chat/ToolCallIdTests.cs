using System.Text;
using System.Text.Json.Nodes;
using Ensemble.Chat;
using Ensemble.Core.Tests.Runs;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Chat;

public sealed class ToolCallIdTests
{
    [Fact]
    public void For_TheModelThatMadeTheCall_IsItsOwnId() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyString>(), id =>
        {
            var own = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(id.Get));
            ToolCallId.For(ToolCallId.Of(own, "maker", "run"), "maker", out var isOwn).ShouldBe(own);
            isOwn.ShouldBeTrue();
        }).Check(Config.QuickThrowOnFailure);

    [Theory]
    [InlineData("toolu_01")]
    [InlineData("sign_a__thought__TUlORQ==")]
    [InlineData("functions.weather:3")]
    public void For_AnotherModel_IsNineLettersAndDigits(string id)
    {
        var ours = ToolCallId.Of(id, "maker", "run");

        ToolCallId.For(ours, "other", out var isOwn)!.ShouldMatch("^[0-9A-Za-z]{9}$");
        isOwn.ShouldBeFalse();
        ours.ShouldMatch("^call_[0-9A-Za-z_-]+$");
        ToolCallId.For(ToolCallId.OfUnnamed(0, "run"), "maker", out _)!.ShouldMatch("^[0-9A-Za-z]{9}$");
    }

    [Theory]
    [InlineData("call_0a1B2c3D4e5F6g7H8i9J0k1L")]
    [InlineData("call_")]
    [InlineData("call_%%")]
    [InlineData("abcdefghi")]
    public void For_AnIdThatIsNotOurs_IsLeft(string id) => ToolCallId.For(id, "maker", out _).ShouldBeNull();

    [Fact]
    public void Rewrite_HistoryWithOurIds_CallAndResultGoTogether()
    {
        var ours = ToolCallId.Of("functions.f:0", "maker", "run");
        var chat = RunBench.Parse($$"""
            {"model":"m","messages":[{"role":"developer","content":"Be short."},{"role":"user","content":"?"},
             {"role":"assistant","content":null,"tool_calls":[{"type":"function","id":"{{ours}}","function":{"name":"f","arguments":"{}"},"extra_content":{"sign":"S"} }]},
             {"role":"tool","tool_call_id":"{{ours}}","content":"5"},{"role":"tool","tool_call_id":"call_kept","content":"6"}]}
            """);

        var own = Sent(chat, "maker");
        var other = Sent(chat, "other");

        ((string)own[2]!["tool_calls"]![0]!["id"]!, (string)own[3]!["tool_call_id"]!).ShouldBe(("functions.f:0", "functions.f:0"));
        ((string)own[2]!["tool_calls"]![0]!["extra_content"]!["sign"]!).ShouldBe("S");
        ((string)other[2]!["tool_calls"]![0]!["id"]!).ShouldMatch("^[0-9A-Za-z]{9}$");
        ((string)other[3]!["tool_call_id"]!).ShouldBe((string)other[2]!["tool_calls"]![0]!["id"]!);
        other[2]!["tool_calls"]![0]!.AsObject().Select(member => member.Key).ShouldBe(["id", "type", "function"]);
        ((string)other[0]!["role"]!, (string)other[4]!["tool_call_id"]!).ShouldBe(("system", "call_kept"));
    }

    private static JsonArray Sent(ChatRequest chat, string model) =>
        JsonNode.Parse(RequestRewriter.Rewrite(chat,
            new RequestEdits { ToolCallModel = model, DeveloperRole = "system" }).ToArray())!["messages"]!.AsArray();
}
