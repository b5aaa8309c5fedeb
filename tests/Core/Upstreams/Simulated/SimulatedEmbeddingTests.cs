using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.Simulated;

public sealed class SimulatedEmbeddingTests
{
    [Fact]
    public async Task Send_Texts_AlikeAreNearerThanOthers()
    {
        var vectors = (await SendAsync("The capital of France is Paris.", "Paris is the capital of France!", "Add flour and two eggs.", "…")).Answer!.Vectors!;

        vectors.ShouldAllBe(vector => Math.Abs(Product(vector, vector) - 1) < 1e-5);
        Product(vectors[0], vectors[1]).ShouldBeGreaterThan(0.6);
        Product(vectors[0], vectors[2]).ShouldBeLessThan(0.3);
    }

    [Fact]
    public async Task Send_SameText_SameVectorAndUsage()
    {
        var first = await SendAsync("four", "Twelve chars");
        var second = await SendAsync("Twelve chars");

        second.Answer!.Vectors![0].ShouldBe(first.Answer!.Vectors![1]);
        first.Usage.ShouldBe(new TokenUsage(4, 0));
    }

    [Theory]
    [InlineData("")]
    [InlineData]
    public async Task Send_NothingToEmbed_IsRejected(params string[] inputs) =>
        (await SendAsync(inputs)).Outcome.ShouldBe(CallOutcome.RequestRejected);

    [Fact]
    public async Task Send_TextOverTheContext_IsRejected()
    {
        var request = new SimulatedBench().Request("Hi") with { Inputs = [new string('x', 41)] };

        var result = await SimulatedBench.SendAsync(request with { Model = request.Model with { ContextTokens = 10 } });

        result.Error!.Code.ShouldBe("context_length_exceeded");
    }

    [Fact]
    public async Task Send_FailureRate_AppliesToVectorsToo() =>
        (await SimulatedBench.SendAsync(new SimulatedBench().Request("Hi", SimulatedBench.AtOnce with { FailureRate = 1 }) with { Inputs = ["a"] }))
            .Outcome.ShouldBe(CallOutcome.ServerError);

    private static Task<UpstreamResult> SendAsync(params string[] inputs) =>
        SimulatedBench.SendAsync(new SimulatedBench().Request("Hi") with { Inputs = inputs });

    private static double Product(float[] left, float[] right) => left.Zip(right, (a, b) => (double)a * b).Sum();
}
