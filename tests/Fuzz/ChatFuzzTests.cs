using Ensemble.Fuzz.Tests.Mutation;
using Ensemble.Fuzz.Tests.Seeds;
using Ensemble.Fuzz.Tests.Support;

namespace Ensemble.Fuzz.Tests;

/// <summary>Requests that callers never meant to send, and answers that providers never should have: nothing of it is a fault of the gateway.</summary>
public sealed class ChatFuzzTests
{
    [Fact]
    public Task Ask_MutatedRequest_IsAnsweredOrRefusedClearly() => FuzzRun.ExecuteAsync(
        FuzzBudget.Requests,
        () => FuzzGateway.StartAsync(simulatesSome: true),
        async (gateway, number) =>
        {
            var random = new Random(HashCode(number));
            var seed = RequestSeeds.Draw(random);
            var steps = Mutator.Draw(random);

            // What is no JSON is refused at once: most inputs are to come further.
            for (var tries = 0; tries < 4 && JsonSpans.Read(Mutator.Apply(seed, steps)) is null; tries++)
            {
                steps = Mutator.Draw(random);
            }

            var problem = await AskAsync(steps);
            if (problem is null)
            {
                return null;
            }

            // Steps that are not needed for the fault only hide it.
            foreach (var step in steps.Where(_ => steps.Length > 1).ToArray())
            {
                int[] fewer = [.. steps.Where(other => other != step)];
                if (await AskAsync(fewer) is { } same)
                {
                    (steps, problem) = (fewer, same);
                }
            }

            return $"{problem}\nrequest: {FuzzRun.Show(Mutator.Apply(seed, steps))}";

            Task<string?> AskAsync(IEnumerable<int> by)
            {
                gateway.Upstream.Reply = call => AnswerSeeds.Valid(call, new Random(HashCode(number)));
                return FuzzRun.ChatAsync(gateway, Mutator.Apply(seed, by));
            }
        });

    [Fact]
    public Task Ask_MutatedUpstreamAnswers_IsAnsweredOrFailsClearly() => FuzzRun.ExecuteAsync(
        // A run has four upstream answers or so.
        FuzzBudget.Answers / 4,
        () => FuzzGateway.StartAsync(simulatesSome: false),
        async (gateway, number) =>
        {
            var random = new Random(HashCode(number));
            var seed = RequestSeeds.Draw(random);
            var sent = new List<string>();
            var draw = new Random(HashCode(number) ^ 1);
            gateway.Upstream.Reply = call =>
            {
                // Members are asked side by side.
                lock (sent)
                {
                    var answer = draw.Next(4) == 0 ? AnswerSeeds.Valid(call, draw) : AnswerSeeds.Broken(call, draw);
                    sent.Add($"{call.Path} {answer.Status} {answer.ContentType}{(answer.IsCut ? " (cut)" : "")}: {FuzzRun.Show(answer.Body)}");
                    return answer;
                }
            };
            return await FuzzRun.ChatAsync(gateway, seed) is { } problem
                ? $"{problem}\nrequest: {FuzzRun.Show(seed)}\nupstream answers:\n{string.Join("\n", sent)}"
                : null;
        });

    private static int HashCode(int number) => unchecked((FuzzBudget.Seed * 1_000_003) + (number * 7919));
}
