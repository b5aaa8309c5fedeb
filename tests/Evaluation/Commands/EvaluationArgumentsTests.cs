using Ensemble.Evaluation.Commands;

namespace Ensemble.Evaluation.Tests.Commands;

public sealed class EvaluationArgumentsTests
{
    [Fact]
    public void Read_EveryOption_IsTaken()
    {
        var (options, problems) = EvaluationArguments.Read(
        [
            "--catalog", "my.json", "--data=q.jsonl", "--ensembles", "a, b", "--strategies", "vote,cascade", "--baselines", "x,self:y:5",
            "--grader", "judge:z", "--record", "r.jsonl", "--retry-failed", "--max-cost", "2.50", "--max-tokens", "512", "--concurrency", "4",
            "--sample", "150", "--seed", "7", "--out", "out/report", "--dry-run", "--allow-networks", "10.0.0.0/8", "--use-proxy",
        ]);

        problems.ShouldBeEmpty();
        options.ShouldNotBeNull();
        (options.Catalog, options.Data, options.Grader, options.Record, options.Out).ShouldBe(("my.json", "q.jsonl", "judge:z", "r.jsonl", "out/report"));
        options.Ensembles.ShouldBe(["a", "b"]);
        options.Strategies.ShouldBe(["vote", "cascade"]);
        options.Baselines.ShouldBe(["x", "self:y:5"]);
        (options.MaxCostUsd, options.MaxTokens, options.Concurrency, options.Sample, options.Seed).ShouldBe((2.5m, 512, 4, 150, 7));
        (options.RetryFailed, options.DryRun, options.UseProxy).ShouldBe((true, true, true));
        options.AllowedNetworks.ShouldHaveSingleItem().ToString().ShouldBe("10.0.0.0/8");
    }

    [Theory]
    [InlineData("--data q", "option --catalog: is missing")]
    [InlineData("--catalog c --data q --smaple 3", "Did you mean \"--sample\"?")]
    [InlineData("--catalog c --data q --sample", "its value is missing")]
    [InlineData("--catalog c --data q --sample 0", "'0' is not a whole number from 1")]
    [InlineData("--catalog c --data q --max-cost -1", "'-1' is not a sum in US dollars")]
    [InlineData("--catalog c --data q --data r", "option --data: is given twice")]
    [InlineData("--catalog c --data q --allow-networks home", "'home' is not a network")]
    public void Read_WhatDoesNotHold_IsSaid(string line, string problem)
    {
        var (options, problems) = EvaluationArguments.Read(line.Split(' '));

        options.ShouldBeNull();
        problems.ShouldHaveSingleItem().ShouldContain(problem);
    }
}
