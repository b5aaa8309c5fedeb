using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Models;
using Ensemble.Runs;

namespace Ensemble.Strategies;

/// <summary>Asks an embedding model how alike texts are.</summary>
internal static class AnswerSimilarity
{
    /// <summary>No model takes more in one text, in characters: the beginning speaks for the whole.</summary>
    private const int MaxCharacters = 24_000;

    /// <param name="texts">One without text, as of an answer that only calls tools, is like none: no model takes it.</param>
    /// <param name="number">Tells several questions of one run apart.</param>
    /// <returns>Cosines of each two texts, not below 0; null where the model gave no vectors.</returns>
    public static async Task<double[,]?> AskAsync(
        RunContext context, EnsembleConfig ensemble, string model, IReadOnlyList<string> texts, int number)
    {
        var config = context.Catalog.Models[model];
        var cut = texts.Select(text => text.Length <= MaxCharacters ? text : text[..MaxCharacters]).ToArray();
        var vectors = new float[]?[texts.Count];
        var cache = context.Embeddings;
        var unknown = Enumerable.Range(0, cut.Length)
            .Where(index => !string.IsNullOrWhiteSpace(cut[index]) && !cache.TryGet(config, cut[index], out vectors[index]!)).ToArray();
        if (unknown.Length > 0)
        {
            var result = await context.Calls.MakeAsync(
                new SubCall(new SubCallKey(SubCallStep.Embedding, number, 0), SubCallRole.Control, new ModelCall
                {
                    Model = config,
                    Chat = context.Chat,
                    Edits = new RequestEdits(),
                    Timeout = ensemble.Timeout ?? config.Timeout,
                    IdleTimeout = ensemble.IdleTimeout,
                    Inputs = [.. unknown.Select(index => cut[index])],
                    WaitForGate = true,
                }),
                context.Deadline.Token);
            if (!result.IsUsable || result.Call.Answer?.Vectors is not { } found || found.Count != unknown.Length)
            {
                return null;
            }

            for (var index = 0; index < unknown.Length; index++)
            {
                vectors[unknown[index]] = found[index];
                cache.Add(config, cut[unknown[index]], found[index]);
            }
        }

        return Cosines(vectors);
    }

    private static double[,]? Cosines(float[]?[] vectors)
    {
        if (vectors.OfType<float[]>().Select(vector => vector.Length).Distinct().Count() > 1)
        {
            return null;
        }

        var alike = new double[vectors.Length, vectors.Length];
        for (var index = 0; index < vectors.Length; index++)
        {
            for (var other = 0; other <= index; other++)
            {
                alike[index, other] = alike[other, index] = index == other
                    ? 1
                    : vectors[index] is { } one && vectors[other] is { } two ? Math.Clamp(Product(one, two), 0, 1) : 0;
            }
        }

        return alike;
    }

    private static double Product(float[] left, float[] right)
    {
        var sum = 0d;
        for (var index = 0; index < left.Length; index++)
        {
            sum += (double)left[index] * right[index];
        }

        return sum;
    }
}
