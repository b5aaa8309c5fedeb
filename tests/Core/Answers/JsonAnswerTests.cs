using System.Text.Json;
using System.Text.Json.Nodes;
using Ensemble.Answers;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Answers;

public sealed class JsonAnswerTests
{
    private static readonly string[] Names = ["a", "b", "B", "é", "z\"", "中", ""];

    [Fact]
    public void Of_AnyJson_IsTheSameInAnyOrderOfNamesAndOfItself() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue).Zip(Gen.Choose(0, int.MaxValue))), drawn =>
        {
            var json = Value(new Random(drawn.Item1), depth: 3)!;
            var canonical = JsonAnswer.Of(json.ToJsonString(), wantsObject: false);
            canonical.ShouldNotBeNull();
            JsonAnswer.Of(canonical, wantsObject: false).ShouldBe(canonical);
            var shuffled = Shuffled(json, new Random(drawn.Item2))!.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
            JsonAnswer.Of($"```json\n{shuffled}\n```", wantsObject: false).ShouldBe(canonical);
            JsonAnswer.Of($"~~~\n{shuffled}\n~~~", wantsObject: false).ShouldBe(canonical);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Theory]
    [InlineData("{\"a\":1}", "{\"a\":\"1\"}")]
    [InlineData("[1,2]", "[2,1]")]
    [InlineData("{\"a\":null}", "{}")]
    [InlineData("{\"a\":1}", "{\"A\":1}")]
    public void Of_DifferentJson_StaysDifferent(string one, string other) => JsonAnswer.Of(one, false).ShouldNotBe(JsonAnswer.Of(other, false));

    [Fact]
    public void Of_TooLongOrTooDeep_IsNull()
    {
        JsonAnswer.Of("\"" + new string('x', JsonAnswer.MaxCharacters) + "\"", wantsObject: false).ShouldBeNull();
        JsonAnswer.Of(new string('[', 1000) + new string(']', 1000), wantsObject: false).ShouldBeNull();
    }

    private static JsonNode? Value(Random random, int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => JsonValue.Create(random.Next(-1000, 1000)),
        1 => JsonValue.Create(random.Next(-1000, 1000) / 8m),
        2 => JsonValue.Create(random.Next(2) == 0),
        3 => JsonValue.Create(Names[random.Next(Names.Length)]),
        4 => JsonValue.Create(1e-12),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1))]),
        _ => new JsonObject(Names.Where(_ => random.Next(2) == 0).Select(name => KeyValuePair.Create(name, Value(random, depth - 1)))),
    };

    private static JsonNode? Shuffled(JsonNode? node, Random random)
    {
        switch (node)
        {
            case JsonObject json:
                var properties = json.ToArray();
                random.Shuffle(properties);
                return new JsonObject(properties.Select(property => KeyValuePair.Create(property.Key, Shuffled(property.Value, random))));
            case JsonArray array:
                return new JsonArray([.. array.Select(item => Shuffled(item, random))]);
            default:
                return node?.DeepClone();
        }
    }
}
