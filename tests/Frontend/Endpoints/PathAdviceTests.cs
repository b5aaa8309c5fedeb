using Ensemble.Frontend.Http;

namespace Ensemble.Frontend.Tests.Endpoints;

public sealed class PathAdviceTests
{
    [Theory]
    [InlineData("/chat/completions", "Did you mean /v1/chat/completions?")]
    [InlineData("/v1/v1/chat/completions", "Did you mean /v1/chat/completions?")]
    [InlineData("/v1//chat/completions", "Did you mean /v1/chat/completions?")]
    [InlineData("/api/v1/chat/completions/", "Did you mean /v1/chat/completions?")]
    [InlineData("/v2/chat/completions", "Did you mean /v1/chat/completions?")]
    [InlineData("/openai/deployments/gpt/chat/completions", "Did you mean /v1/chat/completions?")]
    [InlineData("/V1/Chat/Completion", "Did you mean /v1/chat/completions?")]
    [InlineData("/models", "Did you mean /v1/models?")]
    [InlineData("/v1/v1/models", "Did you mean /v1/models?")]
    [InlineData("/v1/model", "Did you mean /v1/models?")]
    [InlineData("/admin/model", "Did you mean /admin/models?")]
    [InlineData("/dashbord/", "Did you mean /dashboard?")]
    [InlineData("/healthz", "nothing at this address")]
    [InlineData("/livz", "Did you mean /livez?")]
    [InlineData("/responses", "Did you mean /v1/responses?")]
    [InlineData("/v1/v1/responses", "Did you mean /v1/responses?")]
    [InlineData("/v1/responses/resp_1", "not stored")]
    [InlineData("/messages", "Did you mean /v1/messages?")]
    [InlineData("/v1/v1/messages", "Anthropic's SDKs has no /v1")]
    [InlineData("/v1/messages/batches", "/messages/batches is not offered")]
    [InlineData("/v1/v1/messages/count_tokens", "Did you mean /v1/messages/count_tokens?")]
    [InlineData("/v1/completions", "/completions is not offered")]
    [InlineData("/v1/embeddings", "/embeddings is not offered")]
    [InlineData("/embeddings", "/embeddings is not offered")]
    [InlineData("/v1/images/generations", "/images/generations is not offered")]
    [InlineData("/v1", "base URL alone")]
    [InlineData("/v1/", "base URL alone")]
    [InlineData("/wp-login.php", "nothing at this address")]
    public void For_AnAddressThatLeadsNowhere_NamesTheLikelyOne(string path, string words) => PathAdvice.For(path).ShouldContain(words);

    [Fact]
    public void For_ALongPath_IsShort() => PathAdvice.For("/" + new string('x', 100_000)).Length.ShouldBeLessThan(100);
}
