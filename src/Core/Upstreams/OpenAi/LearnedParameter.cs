using System.Text;

namespace Ensemble.Upstreams.OpenAi;

/// <summary>A parameter that a provider refused.</summary>
/// <param name="Value">The one value that it refused; null = it takes none.</param>
/// <param name="SendAs">The name under which it wants the value; null = it is left out.</param>
internal sealed record LearnedParameter(string Name, string? Value, string? SendAs)
{
    public bool Refuses(ReadOnlySpan<byte> value) => Value is null || Encoding.UTF8.GetString(value) == Value;
}
