using System.ClientModel;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Limits;

/// <summary>What OpenAI's own client makes of each reason to turn a caller away.</summary>
public sealed class SdkStatusTests
{
    private static readonly DateTimeOffset Past = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("nobody", "solo", 401, "invalid_api_key")]
    [InlineData("old", "solo", 401, "api_key_expired")]
    [InlineData("off", "solo", 401, "api_key_disabled")]
    [InlineData("good", "council", 404, "model_not_found")]
    [InlineData("good", "solo-of-nobody", 404, "model_not_found")]
    [InlineData("good", "solo", 422, "invalid_value")]
    [InlineData("spent", "solo", 429, "rate_limit_exceeded")]
    public async Task Caller_TurnedAway_GetsAnExceptionThatSaysWhy(string key, string model, int status, string code)
    {
        await using var council = await Council.StartAsync(more: catalog => catalog
            .AddKey("good", allowed: ["solo*"])
            .AddKey("old", expiresAt: Past)
            .AddKey("off", disabled: true)
            .AddKey("spent", limits: new RateLimitConfig { Tpm = 10 }));
        council.Model("solo").Default = StubReply.Error(422, "invalid_value", "This cannot be processed.");

        foreach (var ask in (Func<Task>[])
                 [
                     () => council.Gateway.Sdk(model, key).CompleteChatAsync("The capital of France?"),
                     async () =>
                     {
                         await foreach (var _ in council.Gateway.Sdk(model, key).CompleteChatStreamingAsync("The capital of France?"))
                         {
                         }
                     },
                 ])
        {
            var refused = await Should.ThrowAsync<ClientResultException>(ask);
            refused.Status.ShouldBe(status);
            refused.Message.ShouldContain(code);
        }
    }
}
