using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Models;
using Ensemble.Runs;
using Ensemble.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Runs;

public sealed class RunBudgetTests
{
    [Fact]
    public void TryReserve_CallsOfAnyUse_NeverMoreThanTheBudget() =>
        Prop.ForAll(
            Arb.From(Gen.ListOf(Gen.Two(Gen.Choose(1, 500)))),
            Arb.From(Gen.Choose(100, 2000)),
            (calls, most) =>
            {
                var budget = new RunBudget(new BudgetConfig { MaxTokens = most, MaxCalls = 7, MaxCostUsd = most / 1000m });
                var (tokens, cost, made) = (0L, 0m, 0);
                var held = new Queue<(RunBudget.Reservation Reservation, long Used)>();
                foreach (var (limit, used) in calls)
                {
                    var call = Call(limit);
                    if (budget.TryReserve(call) is { } reservation)
                    {
                        made++;
                        held.Enqueue((reservation, Math.Min(used, reservation.Tokens)));
                    }

                    // Some are settled while others are out.
                    if (held.Count > 2)
                    {
                        Settle(held.Dequeue());
                    }
                }

                while (held.Count > 0)
                {
                    Settle(held.Dequeue());
                }

                return tokens <= most && cost <= most / 1000m && made <= 7;

                void Settle((RunBudget.Reservation Reservation, long Used) call)
                {
                    var price = call.Used * 1000 / 1_000_000m;
                    budget.Settle(call.Reservation, call.Used, price);
                    (tokens, cost) = (tokens + call.Used, cost + price);
                }
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryReserve_TokensOfSeveralPrices_AreReservedAtTheHighest()
    {
        var call = Call(100);
        call = call with { Model = call.Model with { Price = new PriceConfig(1000, 1000) { CacheWritePerMillion = 1250, ReasoningPerMillion = 2000 } } };
        var most = ((CallTokens.Prompt(call) * 1250m) + (100 * 2000m)) / 1_000_000;

        new RunBudget(new BudgetConfig { MaxCostUsd = most }).TryReserve(call).ShouldNotBeNull().Cost.ShouldBe(most);
        new RunBudget(new BudgetConfig { MaxCostUsd = most - 0.000_001m }).TryReserve(call).ShouldBeNull();
    }

    [Fact]
    public void TryReserve_CallGivenBack_LeavesRoomForAnother()
    {
        var budget = new RunBudget(new BudgetConfig { MaxCalls = 1 });
        var first = budget.TryReserve(Call(1)).ShouldNotBeNull();
        budget.TryReserve(Call(1)).ShouldBeNull();

        budget.Return(first);

        budget.TryReserve(Call(1)).ShouldNotBeNull();
        budget.IsExceeded.ShouldBeTrue();
    }

    [Fact]
    public void TryReserve_NoBudget_AnythingFits()
    {
        var budget = new RunBudget(BudgetConfig.None);
        Enumerable.Range(0, 100).ShouldAllBe(_ => budget.TryReserve(Call(1_000_000)) != null);
        budget.IsExceeded.ShouldBeFalse();
    }

    [Fact]
    public void Settle_NobodyKnowsTheUse_TheReservationStands()
    {
        var call = Call(100);
        var budget = new RunBudget(new BudgetConfig { MaxTokens = CallTokens.Ceiling(call).Tokens });

        budget.Settle(budget.TryReserve(call)!, tokens: null, cost: null);

        budget.TryReserve(call).ShouldBeNull();
    }

    private static ModelCall Call(int maxTokens)
    {
        var model = TestModels.OpenAi("a", new Uri("https://models.test/v1"), "a-2025") with { Price = new PriceConfig(1000, 1000) };
        return new ModelCall
        {
            Model = model,
            Chat = RunBench.Parse($$"""{"model":"a","max_tokens":{{maxTokens}},"messages":[{"role":"user","content":"Hi"}]}"""),
            Edits = new RequestEdits(),
            Timeout = TimeSpan.FromSeconds(1),
            IdleTimeout = TimeSpan.FromSeconds(1),
        };
    }
}
