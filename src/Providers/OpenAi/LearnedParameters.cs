using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Ensemble.Providers.OpenAi;

/// <summary>
/// What providers refused, each for an hour. A refused value stands for itself alone, however many were refused: callers choose values, and
/// those of one caller say nothing of another's. Of each model the newest 32 are kept, of each field the newest 8 values, so that a
/// caller who sends nonsense cannot keep a useful one from being learned.
/// </summary>
internal sealed class LearnedParameters(TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>Refused values of one field that are known at most; the oldest goes first.</summary>
    public const int MaxValues = 8;

    private const int MaxPerModel = 32;
    private const int MaxModels = 1024;

    private readonly ConcurrentDictionary<string, Known> _byModel = new();

    /// <summary>In the order in which they were learned.</summary>
    public ImmutableList<LearnedParameter> Of(string model) =>
        _byModel.TryGetValue(model, out var known) ? known.Current(time.GetUtcNow()) : [];

    /// <returns>False where the field was known, or where there is no room for another model.</returns>
    public bool Add(string model, LearnedParameter parameter)
    {
        if (!_byModel.ContainsKey(model) && _byModel.Count >= MaxModels)
        {
            return false;
        }

        return _byModel.GetOrAdd(model, static _ => new Known()).Add(parameter, time.GetUtcNow());
    }

    /// <summary>What is known after one more refusal.</summary>
    public static ImmutableList<LearnedParameter> With(ImmutableList<LearnedParameter> known, LearnedParameter parameter)
    {
        // Of two names for one value the newer refusal is right.
        known = known.RemoveAll(
            other => other.SendAs == parameter.Name || (parameter is { Value: null, Beside: null } && other.Name == parameter.Name));
        var values = known.FindAll(other => other.Name == parameter.Name && other.Value is not null);
        if (parameter.Value is not null && values.Count == MaxValues)
        {
            known = known.Remove(values[0]);
        }

        return (known.Count == MaxPerModel ? known.RemoveAt(0) : known).Add(parameter);
    }

    private sealed class Known
    {
        private readonly Dictionary<LearnedParameter, DateTimeOffset> _until = [];
        private ImmutableList<LearnedParameter> _list = [];
        private DateTimeOffset _nextExpiry = DateTimeOffset.MaxValue;

        public ImmutableList<LearnedParameter> Current(DateTimeOffset now)
        {
            lock (_until)
            {
                if (now >= _nextExpiry)
                {
                    Keep(_list.RemoveAll(parameter => _until[parameter] <= now));
                }

                return _list;
            }
        }

        public bool Add(LearnedParameter parameter, DateTimeOffset now)
        {
            lock (_until)
            {
                Current(now);
                if (_list.Contains(parameter))
                {
                    return false;
                }

                var isNew = !_list.Exists(other => other.Name == parameter.Name);
                _until[parameter] = now + Lifetime;
                Keep(With(_list, parameter));
                return isNew;
            }
        }

        private void Keep(ImmutableList<LearnedParameter> list)
        {
            _list = list;
            foreach (var gone in _until.Keys.Except(list).ToArray())
            {
                _until.Remove(gone);
            }

            _nextExpiry = _until.Count == 0 ? DateTimeOffset.MaxValue : _until.Values.Min();
        }
    }
}

/// <summary>A parameter that a provider refused.</summary>
/// <param name="Value">The one value that it refused, as <see cref="KeyOf"/> has it; null = it takes none.</param>
/// <param name="SendAs">The name under which it wants the value; null = it is left out.</param>
/// <param name="Beside">The other parameter of a pair of which it takes one; null = it is refused by itself.</param>
/// <param name="BesideValue">The value of the other one, as <see cref="KeyOf"/> has it; null where there is none.</param>
internal sealed record LearnedParameter(string Name, string? Value, string? SendAs, string? Beside = null, string? BesideValue = null)
{
    private const int MaxValueLength = 64;

    public bool Refuses(ReadOnlySpan<byte> value) => Value is null || KeyOf(value) == Value;

    /// <param name="value">Of <see cref="Beside"/>, as it is sent.</param>
    public bool RefusesBeside(ReadOnlySpan<byte> value) => BesideValue is null || KeyOf(value) == BesideValue;

    /// <summary>A value as it is remembered: itself, or where it is long its digest.</summary>
    public static string KeyOf(ReadOnlySpan<byte> value) =>
        value.Length <= MaxValueLength ? Encoding.UTF8.GetString(value) : Convert.ToHexString(SHA256.HashData(value));
}
