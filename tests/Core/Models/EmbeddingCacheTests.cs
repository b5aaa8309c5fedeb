using Ensemble.Catalog;
using Ensemble.Models;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Models;

public sealed class EmbeddingCacheTests
{
    private static readonly ModelConfig Model = TestModels.OpenAi("e", new Uri("https://models.test/v1"));

    [Fact]
    public void TryGet_TextAddedBefore_IsItsVector()
    {
        var cache = new EmbeddingCache();
        float[] vector = [1, 2];

        cache.Add(Model, "a", vector);

        cache.TryGet(Model, "a", out var found).ShouldBeTrue();
        found.ShouldBeSameAs(vector);
        cache.TryGet(Model, "b", out _).ShouldBeFalse();
    }

    [Fact]
    public void TryGet_ModelConfiguredAgain_FindsNothing()
    {
        var cache = new EmbeddingCache();
        cache.Add(Model, "a", [1]);
        ModelConfig[] others =
        [
            Model with { DisplayName = "f" },
            Model with { Model = "f" },
            Model with { BaseUrl = new Uri("https://models.test/v2") },
            Model with { ApiVersion = "2024-10-21" },
            Model with { Params = new ParamsConfig { Set = new Dictionary<string, ReadOnlyMemory<byte>> { ["dimensions"] = "8"u8.ToArray() } } },
        ];

        others.ShouldAllBe(other => !Knows(cache, other, "a"));
        Knows(cache, Model with { Retries = 7 }, "a").ShouldBeTrue();
    }

    [Fact]
    public void Add_OverTheLimit_ForgetsTheLeastRecentlyUsed()
    {
        var cache = new EmbeddingCache(maxBytes: 2 * 600);
        cache.Add(Model, "a", new float[100]);
        cache.Add(Model, "b", new float[100]);
        Knows(cache, Model, "a").ShouldBeTrue();

        cache.Add(Model, "c", new float[100]);

        ((string[])["a", "b", "c"]).Where(text => Knows(cache, Model, text)).ShouldBe(["a", "c"]);
        cache.Bytes.ShouldBe(1200);
    }

    [Fact]
    public void Add_SameTextAgain_IsHeldOnce()
    {
        var cache = new EmbeddingCache();

        cache.Add(Model, "a", [1]);
        cache.Add(Model, "a", [2]);

        cache.TryGet(Model, "a", out var found).ShouldBeTrue();
        found.ShouldBe([2]);
        cache.Bytes.ShouldBe(204);
    }

    [Fact]
    public void Add_VectorOverTheLimit_IsNotKept()
    {
        var cache = new EmbeddingCache(maxBytes: 600);
        cache.Add(Model, "a", [1]);

        cache.Add(Model, "b", new float[101]);

        (Knows(cache, Model, "a"), Knows(cache, Model, "b")).ShouldBe((true, false));
    }

    [Fact]
    public async Task Add_FromManyThreads_StaysWithinTheLimit()
    {
        var cache = new EmbeddingCache(maxBytes: 50 * 604);
        await Parallel.ForAsync(0, 2000, TestContext.Current.CancellationToken, (index, _) =>
        {
            var text = $"{index % 100}";
            cache.Add(Model, text, new float[101]);
            cache.TryGet(Model, text, out var found);
            return found is null or { Length: 101 } ? default : throw new InvalidOperationException("Another's vector.");
        });

        cache.Bytes.ShouldBe(50 * 604);
    }

    private static bool Knows(EmbeddingCache cache, ModelConfig model, string text) => cache.TryGet(model, text, out _);
}
