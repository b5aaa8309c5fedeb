using System.Text.Json;

namespace Ensemble.Chat;

/// <summary>A top-level field of a request, as it stands in the body.</summary>
/// <param name="Whole">From the name's opening quote to the value's last byte.</param>
/// <param name="Value">The value alone.</param>
/// <param name="Kind">The value's first token.</param>
public readonly record struct ChatField(string Name, ByteRange Whole, ByteRange Value, JsonTokenType Kind);
