using System.Text.Json;

namespace Ensemble.Chat;

/// <summary>A top-level field of a request, as it stands in the body.</summary>
/// <param name="Whole">From the name's opening quote to the value's last byte.</param>
/// <param name="Value">The value alone.</param>
/// <param name="Kind">The value's first token.</param>
public readonly record struct ChatField(string Name, ByteRange Whole, ByteRange Value, JsonTokenType Kind);

/// <summary>A stretch of a request's body: <see cref="Start"/> is its first byte, <see cref="End"/> the first one after it.</summary>
public readonly record struct ByteRange(int Start, int End)
{
    public int Length => End - Start;
}

/// <summary>The few values of a request that the gateway itself acts on.</summary>
internal readonly record struct ChatRequestFacts(string Model, bool Stream, bool IncludeUsage, int N, long? MaxTokens);
