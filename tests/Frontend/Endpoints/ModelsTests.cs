using System.Net;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Endpoints;

public sealed class ModelsTests
{
    [Fact]
    public async Task List_IsEveryAliasInOpenAisShape()
    {
        await using var council = await Council.StartAsync(more: WithSlash);

        var answer = await council.Gateway.GetAsync("/v1/models");

        answer.Json.GetProperty("object").GetString().ShouldBe("list");
        var models = answer.Json.GetProperty("data").EnumerateArray().ToArray();
        models.Select(model => model.GetProperty("id").GetString())
            .ShouldBe(["bilby", "council", "meta/llama 3:70b", "numbat", "potoroo", "quokka", "solo", "wombat"]);
        models.ShouldAllBe(model => model.GetProperty("object").GetString() == "model" && model.GetProperty("created").GetInt64() > 0);
        models.Select(model => model.GetProperty("owned_by").GetString()).Distinct().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("/v1/models/council", "council")]
    [InlineData("/v1/models/meta/llama%203:70b", "meta/llama 3:70b")]
    [InlineData("/v1/models/meta%2Fllama%203%3A70b", "meta/llama 3:70b")]
    public async Task Find_ById_TakesSlashesInEitherForm(string path, string id)
    {
        await using var council = await Council.StartAsync(more: WithSlash);

        var answer = await council.Gateway.GetAsync(path);

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        answer.Json.GetProperty("id").GetString().ShouldBe(id);
    }

    [Theory]
    [InlineData("/v1/models/nothing")]
    [InlineData("/v1/models/council/")]
    public async Task Find_Unknown_Is404(string path)
    {
        await using var council = await Council.StartAsync();

        (await council.Gateway.GetAsync(path)).ShouldBeError(404, "invalid_request_error", "model_not_found", "model");
    }

    [Fact]
    public async Task List_FollowsTheCatalog()
    {
        await using var council = await Council.StartAsync();

        council.Catalog.Change(new CatalogBuilder().Add(TestModels.Of(council.Stub, "newcomer")).Build(2));
        var answer = await council.Gateway.GetAsync("/v1/models");

        answer.Json.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()).ShouldBe(["newcomer"]);
    }

    private static void WithSlash(CatalogBuilder catalog) => catalog.Add(TestModels.Simulated("meta/llama 3:70b"));
}
