using Ensemble.Evaluation.Calls;
using Ensemble.Evaluation.Data;

namespace Ensemble.Evaluation.Running;

/// <summary>Puts all questions, several at a time.</summary>
/// <param name="progress">Is told after each question how many are done.</param>
internal sealed class Evaluator(QuestionRunner runner, int concurrency, Action<int> progress)
{
    /// <summary>Whether the ceiling left questions out.</summary>
    public bool IsCut { get; private set; }

    /// <returns>What came of the questions, in their order; those that the ceiling left out are not in it.</returns>
    /// <exception cref="OperationCanceledException">The evaluation was stopped; what was paid for is recorded.</exception>
    public async Task<IReadOnlyList<QuestionResult>> RunAsync(IReadOnlyList<EvaluationQuestion> questions, CancellationToken cancel)
    {
        var results = new QuestionResult?[questions.Count];
        var done = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, questions.Count),
            new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancel },
            async (place, _) =>
            {
                // Further questions would only be begun, and paid for, in vain.
                if (IsCut)
                {
                    return;
                }

                try
                {
                    results[place] = await runner.RunAsync(questions[place]);
                    progress(Interlocked.Increment(ref done));
                }
                catch (CeilingReachedException)
                {
                    IsCut = true;
                }
            });
        return [.. results.OfType<QuestionResult>()];
    }
}
