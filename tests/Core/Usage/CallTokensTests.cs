using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Core.Tests.Runs;
using Ensemble.Models;
using Ensemble.Testing;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Usage;

public sealed class CallTokensTests
{
    [Theory]
    [InlineData(1, 1, false, 1)]
    [InlineData(5, 1, true, 5)]
    [InlineData(1, 3, true, 3)]
    [InlineData(1, 3, false, 1)]
    public void Most_SeveralAnswers_HoldsEachOfThem(int answers, int n, bool keepChoices, int expected)
    {
        var chat = RunBench.Parse($$"""{"model":"a","max_tokens":100,"n":{{n}},"messages":[{"role":"user","content":"Hi"}]}""");

        CallTokens.Reserved(Call(chat) with { Answers = answers, KeepChoices = keepChoices }).ShouldBe(TokenEstimate.OfRequest(chat) + (100 * expected));
    }

    [Fact]
    public void Ceiling_Vectors_ArePromptAlone()
    {
        var call = Call(RunBench.Parse(RunBench.Question)) with { Inputs = ["four", "Twelve chars"] };

        CallTokens.Ceiling(call with { Model = call.Model with { Price = new PriceConfig(10, 20) } }).ShouldBe((4, 0.00004m));
        CallTokens.Reserved(call).ShouldBe(4);
    }

    private static ModelCall Call(ChatRequest chat) => new()
    {
        Model = TestModels.Simulated("a"),
        Chat = chat,
        Edits = new RequestEdits(),
        Timeout = TimeSpan.FromSeconds(1),
        IdleTimeout = TimeSpan.FromSeconds(1),
    };
}
