using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Ensemble.Upstreams.OpenAi;

/// <summary>
/// What providers refused, for the life of the process. Of each model the newest 32 are kept, so that a caller who sends
/// nonsense cannot keep a useful one from being learned.
/// </summary>
internal sealed class LearnedParameters
{
    private const int MaxPerModel = 32;
    private const int MaxModels = 1024;

    private readonly ConcurrentDictionary<string, ImmutableList<LearnedParameter>> _byModel = new();

    /// <summary>In the order in which they were learned.</summary>
    public ImmutableList<LearnedParameter> Of(string model) => _byModel.GetValueOrDefault(model, []);

    /// <returns>False where it was known, or where there is no room for another model.</returns>
    public bool Add(string model, LearnedParameter parameter)
    {
        if (!_byModel.ContainsKey(model) && _byModel.Count >= MaxModels)
        {
            return false;
        }

        var isNew = false;
        _byModel.AddOrUpdate(
            model,
            _ =>
            {
                isNew = true;
                return [parameter];
            },
            (_, known) =>
            {
                isNew = !known.Contains(parameter);
                return isNew ? With(known, parameter) : known;
            });
        return isNew;
    }

    /// <summary>What is known after one more refusal.</summary>
    public static ImmutableList<LearnedParameter> With(ImmutableList<LearnedParameter> known, LearnedParameter parameter)
    {
        // Of two names for one value the newer refusal is right.
        known = known.RemoveAll(other => other.SendAs == parameter.Name || (parameter.Value is null && other.Name == parameter.Name));
        return (known.Count == MaxPerModel ? known.RemoveAt(0) : known).Add(parameter);
    }
}
