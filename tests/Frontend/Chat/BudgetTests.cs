using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>A run's budget, as callers meet it.</summary>
public sealed class BudgetTests
{
    public static TheoryData<StrategyKind> Strategies => StrategyCouncil.Strategies;

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task OverTheBudget_Fail_Is402AndLasting(StrategyKind strategy)
    {
        await using var council = await StrategyCouncil.StartAsync(
            strategy, shape: ensemble => ensemble with { Budget = new BudgetConfig { MaxCalls = 1 }, OnBudget = OnBudget.Fail });

        foreach (var ask in (string[])[Council.Ask, Council.AskStreamed])
        {
            var answer = await council.Gateway.ChatAsync(ask);

            Council.ShouldNameNobody(answer.ShouldBeError(402, "budget_error", "budget_exceeded").Message);
            answer.Header("x-should-retry").ShouldBe("false");
            answer.Header("retry-after").ShouldBeNull();
            var manifest = (await council.Gateway.GetAsync($"/v1/runs/{answer.Header("x-ensemble-run-id")}")).Json;
            manifest.GetProperty("outcome").GetString().ShouldBe("budget_exceeded");
        }

        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StrategyKind.Synthesize, 3)]
    [InlineData(StrategyKind.BestOf, 3)]
    [InlineData(StrategyKind.Confidence, 3)]
    [InlineData(StrategyKind.Verify, 1)]
    public async Task OverTheBudget_Degrade_GivesTheBestThatIsThereAndSaysSo(StrategyKind strategy, int calls)
    {
        await using var council = await StrategyCouncil.StartAsync(
            strategy, shape: ensemble => ensemble with { Budget = new BudgetConfig { MaxCalls = calls } });

        var whole = await council.Gateway.ChatAsync(Council.Ask);
        using var stream = await council.Gateway.StreamAsync(Council.AskStreamed);

        whole.Content.ShouldBe("Paris.");
        whole.Header("x-ensemble-degraded").ShouldBe("budget");
        stream.Header("x-ensemble-degraded").ShouldBe("budget");
        EventStream.Content(await stream.RestAsync()).ShouldBe("Paris.");
        council.Stub.Requests.Count.ShouldBe(calls * 2);
    }

    [Fact]
    public async Task OverTheBudget_CascadeDegrade_GivesTheBestOfTheRungsBefore()
    {
        await using var council = await StrategyCouncil.StartAsync(
            StrategyKind.Cascade, shape: ensemble => ensemble with { Budget = new BudgetConfig { MaxCalls = 2 } });
        council.Model("numbat").Default = StubReply.Text("Lyon.");

        var answer = await council.Gateway.ChatAsync(Council.Ask);

        answer.Content.ShouldBe("Paris.");
        answer.Header("x-ensemble-degraded").ShouldBe("budget");
        council.Stub.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task OverTheBudget_NothingToGive_Is402ThoughItMayDegrade()
    {
        await using var council = await StrategyCouncil.StartAsync(
            StrategyKind.Synthesize, shape: ensemble => ensemble with { Budget = new BudgetConfig { MaxTokens = 1 } });

        var answer = await council.Gateway.ChatAsync(Council.Ask);

        answer.ShouldBeError(402, "budget_error", "budget_exceeded");
        answer.Header("x-should-retry").ShouldBe("false");
        council.Stub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task WithinTheBudget_IsAnAnswerLikeAnyOther()
    {
        await using var council = await StrategyCouncil.StartAsync(
            StrategyKind.Synthesize, shape: ensemble => ensemble with { Budget = new BudgetConfig { MaxCalls = 5 }, OnBudget = OnBudget.Fail });

        var answer = await council.Gateway.ChatAsync(Council.Ask);

        answer.Content.ShouldBe("It is Paris.");
        answer.Header("x-ensemble-degraded").ShouldBeNull();
    }
}
