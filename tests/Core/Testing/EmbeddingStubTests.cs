using System.Text.Json;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Testing;

public sealed class EmbeddingStubTests
{
    [Theory]
    [InlineData("""{"model":"e"}""", "input")]
    [InlineData("""{"model":"e","input":""}""", "input")]
    [InlineData("""{"model":"e","input":[]}""", "input")]
    [InlineData("""{"model":"e","input":["a",""]}""", "input")]
    [InlineData("""{"model":"e","input":["a",7]}""", "input")]
    [InlineData("""{"model":"e","input":{"a":1}}""", "input")]
    [InlineData("""{"model":"e","input":"a","encoding_format":"double"}""", "encoding_format")]
    [InlineData("""{"model":"e","input":"a","dimensions":0}""", "dimensions")]
    [InlineData("""{"model":"e","input":"a","messages":[]}""", "messages")]
    [InlineData("""{"input":"a"}""", "model")]
    public async Task Request_BreaksARule_Gets400NamingTheParameter(string body, string param)
    {
        await using var stub = await StartAsync();
        using var client = new StubClient(stub);

        using var response = await client.PostAsync(body, path: "/embeddings");

        ((int)response.StatusCode).ShouldBe(400);
        stub.Violations.ShouldHaveSingleItem().Param.ShouldBe(param);
    }

    [Theory]
    [InlineData(2048, 200)]
    [InlineData(2049, 400)]
    public async Task Request_ManyTexts_AreTakenUpToTheLimit(int count, int status)
    {
        await using var stub = await StartAsync();
        using var client = new StubClient(stub);

        using var response = await client.PostAsync(JsonSerializer.Serialize(new { model = "e", input = Enumerable.Repeat("a", count) }), path: "/embeddings");

        ((int)response.StatusCode).ShouldBe(status);
    }

    [Theory]
    [InlineData("""{"model":"m","input":"a"}""", "/embeddings")]
    [InlineData("""{"model":"e","messages":[{"role":"user","content":"Hi"}]}""", "/chat/completions")]
    public async Task Request_ModelOfTheOtherKind_Gets404(string body, string path)
    {
        await using var stub = await StartAsync();
        using var client = new StubClient(stub);

        using var response = await client.PostAsync(body, path: path);

        ((int)response.StatusCode).ShouldBe(404);
        stub.Violations.ShouldHaveSingleItem().Param.ShouldBe("model");
    }

    [Fact]
    public async Task Request_AsBase64_GetsTheBytesOfTheNumbers()
    {
        await using var stub = await StartAsync();
        using var client = new StubClient(stub);

        using var response = await client.PostAsync("""{"model":"e","input":"a","encoding_format":"base64"}""", path: "/embeddings");

        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync(StubClient.Cancel));
        body.GetProperty("data")[0].GetProperty("embedding").GetString().ShouldBe("AACAPw==");
        stub.Violations.ShouldBeEmpty();
    }

    private static async Task<UpstreamStub> StartAsync()
    {
        var stub = await UpstreamStub.StartAsync();
        stub.Model("e").Default = StubReply.Vectors(_ => [1]);
        stub.Model("m").Answers("yes");
        return stub;
    }
}
