using System.Text;
using Ensemble.Fuzz.Tests.Mutation;
using Ensemble.Fuzz.Tests.Seeds;
using Ensemble.Fuzz.Tests.Support;

namespace Ensemble.Fuzz.Tests;

/// <summary>Requests over other APIs than chat completions that callers never meant to send, and answers to them.</summary>
public sealed class DialectFuzzTests
{
    [Theory]
    [InlineData("/v1/responses")]
    [InlineData("/v1/messages")]
    [InlineData("/v1/messages/count_tokens")]
    public Task Ask_MutatedRequest_IsAnsweredOrRefusedClearly(string path) => FuzzRun.ExecuteAsync(
        FuzzBudget.Requests / 3,
        () => FuzzGateway.StartAsync(simulatesSome: true),
        async (gateway, number) =>
        {
            var random = new Random(HashCode(number));
            var seed = DialectSeeds.Draw(path, random);
            var steps = Mutator.Draw(random);
            for (var tries = 0; tries < 4 && JsonSpans.Read(Mutator.Apply(seed, steps)) is null; tries++)
            {
                steps = Mutator.Draw(random);
            }

            gateway.Upstream.Reply = call => AnswerSeeds.Valid(call, new Random(HashCode(number)));
            var body = Mutator.Apply(seed, steps);
            return await FuzzRun.AskAsync(gateway, path, body) is { } problem ? $"{problem}\nrequest: {FuzzRun.Show(body)}" : null;
        });

    [Theory]
    [InlineData("/v1/responses")]
    [InlineData("/v1/messages")]
    public Task Ask_MutatedUpstreamAnswers_IsAnsweredOrFailsClearly(string path) => FuzzRun.ExecuteAsync(
        FuzzBudget.Answers / 8,
        () => FuzzGateway.StartAsync(simulatesSome: false),
        async (gateway, number) =>
        {
            var seed = DialectSeeds.Draw(path, new Random(HashCode(number)));
            var draw = new Random(HashCode(number) ^ 1);
            var sent = new StringBuilder();
            gateway.Upstream.Reply = call =>
            {
                // Members are asked side by side.
                lock (sent)
                {
                    var answer = draw.Next(4) == 0 ? AnswerSeeds.Valid(call, draw) : AnswerSeeds.Broken(call, draw);
                    sent.Append(call.Path).Append(' ').Append(FuzzRun.Show(answer.Body)).Append('\n');
                    return answer;
                }
            };
            return await FuzzRun.AskAsync(gateway, path, seed) is { } problem
                ? $"{problem}\nrequest: {FuzzRun.Show(seed)}\nupstream answers:\n{sent}"
                : null;
        });

    private static int HashCode(int number) => unchecked((FuzzBudget.Seed * 1_000_003) + (number * 7919));
}
