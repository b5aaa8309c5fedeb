using System.Text;
using Ensemble.Providers.Calls;

namespace Ensemble.Core.Tests.Upstreams;

public sealed class ChoicesAggregatorTests
{
    [Fact]
    public void Add_MoreValuesThanAnAnswerMayHave_IsRefused()
    {
        var fold = new ChoicesAggregator();

        Should.Throw<InvalidDataException>(() =>
        {
            for (var chunk = 0; chunk < 200; chunk++)
            {
                var members = string.Join(',', Enumerable.Range(0, 1000).Select(member => $"\"f{chunk}_{member}\":1"));
                fold.Add(Encoding.UTF8.GetBytes("[{\"index\":0,\"delta\":{" + members + "}}]"));
            }
        }).Message.ShouldContain("100,000");
    }

    [Fact]
    public void Write_ValuesOfEachKind_AreThoseThatCame()
    {
        var fold = new ChoicesAggregator();
        fold.Add("""[{"index":0,"delta":{"content":"a","n":1.50,"yes":true,"none":null,"list":[{"index":0,"name":"x"}]}}]"""u8.ToArray());
        fold.Add("""[{"index":0,"delta":{"content":"b","n":2e3},"finish_reason":"stop"}]"""u8.ToArray());

        Encoding.UTF8.GetString(fold.Write()).ShouldBe(
            """[{"index":0,"message":{"content":"ab","n":2e3,"yes":true,"none":null,"list":[{"name":"x"}]},"finish_reason":"stop"}]""");
    }
}
