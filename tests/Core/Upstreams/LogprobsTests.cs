using System.Globalization;
using System.Text;
using Ensemble.Upstreams;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Upstreams;

public sealed class LogprobsTests
{
    [Theory]
    [InlineData("""[{"logprobs":{"content":[{"token":"a","logprob":-0.5,"bytes":[1],"top_logprobs":[{"logprob":-9}]},{"top_logprobs":[],"logprob":-1.5}],"refusal":null}}]""", -1)]
    [InlineData("""[{"message":{"logprobs":3},"index":0,"logprobs":{"refusal":[],"content":[{"logprob":-2}]}},{"logprobs":{"content":[{"logprob":-8}]}}]""", -2)]
    [InlineData("""[{"logprobs":{"content":[{"logprob":-9999},{"logprob":0}]}}]""", -10)]
    [InlineData("""[{"logprobs":{"content":[{"logprob":1e-7}]}}]""", 0)]
    public void Mean_Tokens_IsOfTheFirstChoice(string choices, double expected) => Mean(choices).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("[{}]")]
    [InlineData("""[{"logprobs":null},{"logprobs":{"content":[{"logprob":-1}]}}]""")]
    [InlineData("""[{"logprobs":{"content":null}}]""")]
    [InlineData("""[{"logprobs":{"content":[]}}]""")]
    [InlineData("""[{"logprobs":{"content":[{"token":"a"}]}}]""")]
    [InlineData("""[{"logprobs":{"content":[{"logprob":-1},{"logprob":"-1"}]}}]""")]
    [InlineData("""[{"logprobs":{"content":[{"logprob":-1},null]}}]""")]
    public void Mean_NoneOrNotNumbers_IsNull(string choices) => Mean(choices).ShouldBeNull();

    [Fact]
    public void Mean_AnyNumbers_IsWithinItsBounds() => Prop.ForAll<NormalFloat[]>(values =>
    {
        var tokens = values.Select(value => $"{{\"logprob\":{value.Get.ToString("R", CultureInfo.InvariantCulture)}}}");
        var mean = Mean($$$"""[{"logprobs":{"content":[{{{string.Join(',', tokens)}}}]}}]""");
        return values.Length == 0 ? mean is null : mean >= Logprobs.Min && mean <= 0;
    }).QuickCheckThrowOnFailure();

    private static double? Mean(string choices) => Logprobs.Mean(Encoding.UTF8.GetBytes(choices));
}
