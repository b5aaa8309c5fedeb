using Ensemble.Fuzz.Tests.Mutation;
using Ensemble.Fuzz.Tests.Seeds;
using Ensemble.Fuzz.Tests.Support;

namespace Ensemble.Fuzz.Tests;

/// <summary>Entries, queries and sign-ins that make no sense are refused with what is wrong.</summary>
public sealed class AdminFuzzTests
{
    [Fact]
    public Task Send_MutatedAdminRequest_IsAnsweredOrRefusedClearly() => FuzzRun.ExecuteAsync(
        FuzzBudget.Admin,
        () => FuzzGateway.StartAsync(simulatesSome: true, isEdited: true),
        async (gateway, number) =>
        {
            var random = new Random(unchecked((FuzzBudget.Seed * 1_000_003) + (number * 7919)));
            var seed = AdminSeeds.Draw(random);
            var path = seed.MutatedPath(random);
            var body = Mutator.Apply(System.Text.Encoding.UTF8.GetBytes(seed.Body), Mutator.Draw(random));
            using var request = new HttpRequestMessage(seed.Method, path);
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {AdminSeeds.Key}");
            if (seed.Method != HttpMethod.Get)
            {
                request.Content = FuzzRun.Json(body);
            }

            using var response = await gateway.Http.SendAsync(request);
            var answer = await response.Content.ReadAsByteArrayAsync();
            var status = (int)response.StatusCode;

            // The server itself refuses an address that is none, before anything of the product sees it.
            return status >= 400 && !(status == 400 && answer.Length == 0 && path.Contains('%', StringComparison.Ordinal)) && Verdict.OfError(status, answer) is { } problem
                ? $"{problem}\n{seed.Method} {path}\n{FuzzRun.Show(body)}\nanswer: {FuzzRun.Show(answer)}"
                : null;
        });
}
