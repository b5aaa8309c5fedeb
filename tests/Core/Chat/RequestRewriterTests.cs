using System.Text;
using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Core.Tests.Runs;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Chat;

public sealed class RequestRewriterTests
{
    private const string Plain = """{"model":"m","max_tokens":5,"x":1.0,"messages":[{"role":"developer","content":"d"},{"role":"user","content":"Hi"} ]}""";

    [Fact]
    public void Rewrite_NoEdits_KeepsEveryFieldByteForByte() =>
        Prop.ForAll(Arb.From(RequestTexts.Gen), json =>
        {
            var chat = RunBench.Parse(json);
            var sent = ChatRequestParser.Parse(RequestRewriter.Rewrite(chat, new RequestEdits()).ToArray(), ChatLimits.Default);
            sent.Fields.Count.ShouldBe(chat.Fields.Count);
            for (var index = 0; index < chat.Fields.Count; index++)
            {
                sent.Slice(sent.Fields[index].Whole).SequenceEqual(chat.Slice(chat.Fields[index].Whole)).ShouldBeTrue();
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Rewrite_ArbitraryEdits_NamesNoFieldTwiceAndDropsWhatIsDropped() =>
        Prop.ForAll(Arb.From(RequestTexts.Gen.Zip(Gen.Choose(0, int.MaxValue))), pair =>
        {
            var random = new Random(pair.Item2);
            string[] names = ["temperature", "seed", "max_tokens", "max_completion_tokens", "x_1", "x_2", "stop", "fresh"];
            var edits = new RequestEdits();
            foreach (var name in names)
            {
                _ = random.Next(4) switch { 0 => edits.Drop(name), 1 => edits.Set(name, 7), _ => edits };
            }

            if (random.Next(2) == 0)
            {
                edits.Rename("max_tokens", "max_completion_tokens");
            }

            using var sent = JsonDocument.Parse(RequestRewriter.Rewrite(RunBench.Parse(pair.Item1), edits).ToArray());
            var fields = sent.RootElement.EnumerateObject().Select(field => field.Name).ToArray();
            fields.ShouldBeUnique();
            foreach (var dropped in names.Where(name => edits.Drops(name) && !edits.Renamed.Values.Contains(name)))
            {
                fields.ShouldNotContain(dropped);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Rewrite_AppendedMessage_FollowsTheCallersBytes() =>
        Text(new RequestEdits().AppendMessage("{\"role\":\"user\"}"u8.ToArray())).ShouldBe(
            """{"model":"m","max_tokens":5,"x":1.0,"messages":[{"role":"developer","content":"d"},{"role":"user","content":"Hi"},{"role":"user"}]}""");

    [Fact]
    public void Rewrite_AppendedBehindAnEarlierMessage_StandsThere() =>
        Text(new RequestEdits { DeveloperRole = "system" }.AppendMessage("{\"role\":\"user\"}"u8.ToArray(), after: 0)).ShouldBe(
            """{"model":"m","max_tokens":5,"x":1.0,"messages":[{"role":"system","content":"d"},{"role":"user"},{"role":"user","content":"Hi"} ]}""");

    [Fact]
    public void Rewrite_SomeMessagesReplaced_KeepsTheRestAndWhatIsAppended()
    {
        Text(new RequestEdits { DeveloperRole = "system" }.ReplaceMessages("[1,2]"u8.ToArray(), count: 1)).ShouldBe(
            """{"model":"m","max_tokens":5,"x":1.0,"messages":[1,2,{"role":"user","content":"Hi"} ]}""");
        Text(new RequestEdits().ReplaceMessages("[1]"u8.ToArray()).AppendMessage("2"u8.ToArray())).ShouldBe(
            """{"model":"m","max_tokens":5,"x":1.0,"messages":[1,2]}""");
    }

    [Fact]
    public void Rewrite_DeveloperRole_ChangesThatRoleAlone() =>
        Text(new RequestEdits { DeveloperRole = "system" }).ShouldBe(Plain.Replace("developer", "system", StringComparison.Ordinal));

    [Fact]
    public void Rewrite_ReplacedMessages_StandInTheirPlace() =>
        Text(new RequestEdits().ReplaceMessages("[1]"u8.ToArray()).Set("x", "a\"b").Drop("max_tokens")).ShouldBe(
            """{"model":"m","x":"a\u0022b","messages":[1]}""");

    [Theory]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}""", "5")]
    [InlineData("""{"model":"m","max_tokens":5,"max_completion_tokens":6,"messages":[{"role":"user","content":"Hi"}]}""", "6")]
    public void Rewrite_Rename_GivesWayToTheNewName(string json, string expected)
    {
        using var sent = JsonDocument.Parse(RequestRewriter.Rewrite(RunBench.Parse(json), new RequestEdits().Rename("max_tokens", "max_completion_tokens")).ToArray());
        sent.RootElement.GetProperty("max_completion_tokens").GetRawText().ShouldBe(expected);
        sent.RootElement.TryGetProperty("max_tokens", out _).ShouldBeFalse();
    }

    [Fact]
    public void Rewrite_RenameOntoADroppedName_IsSent() =>
        Text(new RequestEdits().Rename("max_tokens", "x").Drop("x")).ShouldStartWith("""{"model":"m","x":5,"messages":""");

    [Fact]
    public void Edits_Copied_ChangeApart()
    {
        var first = new RequestEdits { DeveloperRole = "system" }.Set("x", 1).Drop("y").Rename("a", "b");
        var copy = new RequestEdits(first).Set("y", 2).Drop("x");

        (first.Fields.ContainsKey("x"), first.Drops("y")).ShouldBe((true, true));
        (copy.Fields.ContainsKey("y"), copy.Drops("x"), copy.DeveloperRole).ShouldBe((true, true, "system"));
    }

    [Fact]
    public void Body_Segments_AddUpAndShareTheCallersBytes()
    {
        var chat = RunBench.Parse(Plain);
        var body = RequestRewriter.Rewrite(chat, new RequestEdits().Set("temperature", 0.5));

        body.Length.ShouldBe(body.Segments.Sum(segment => segment.Length));
        body.Segments.Any(segment => segment.Span.Overlaps(chat.Body.Span)).ShouldBeTrue();
        Encoding.UTF8.GetString(body.ToArray()).ShouldEndWith(",\"temperature\":0.5}");
    }

    private static string Text(RequestEdits edits) => Encoding.UTF8.GetString(RequestRewriter.Rewrite(RunBench.Parse(Plain), edits).ToArray());
}
