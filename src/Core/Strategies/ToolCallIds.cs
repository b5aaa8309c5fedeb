using System.Buffers;
using System.Text;
using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Runs;

namespace Ensemble.Strategies;

/// <summary>Replaces the tool-call ids of a model by ids of this run, which hold them.</summary>
/// <param name="model">The alias of the model whose calls they are.</param>
internal sealed class ToolCallIds(RunId run, string model)
{
    private int _unnamed;

    /// <summary>The same for the same id, so that the chunks of one call keep together.</summary>
    /// <param name="id">The provider's; null or empty where it gave none.</param>
    public string Of(string? id) => string.IsNullOrEmpty(id) ? ToolCallId.OfNone(_unnamed++, run.Value) : ToolCallId.Of(id, model, run.Value);

    /// <param name="choices">A JSON array of choices, whole or of a chunk.</param>
    public ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> choices)
    {
        if (choices.Span.IndexOf("\"tool_calls\""u8) < 0)
        {
            return choices;
        }

        var output = new ArrayBufferWriter<byte>(choices.Length + 64);
        var copied = 0;
        var reader = new Utf8JsonReader(choices.Span);
        var callsDepth = -1;
        while (reader.Read())
        {
            if (callsDepth < 0)
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.TextIs("tool_calls"u8))
                {
                    callsDepth = reader.CurrentDepth;
                }
            }
            else if (reader.TokenType == JsonTokenType.EndArray && reader.CurrentDepth == callsDepth)
            {
                callsDepth = -1;
            }
            else if (reader.CurrentDepth == callsDepth + 2 && reader.TokenType == JsonTokenType.PropertyName && reader.TextIs("id"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && reader.Text() is { Length: > 0 } id)
                {
                    output.Write(choices.Span[copied..(int)reader.TokenStartIndex]);
                    output.Write(Encoding.ASCII.GetBytes($"\"{Of(id)}\""));
                    copied = (int)reader.BytesConsumed;
                }
            }
            else if (reader.TokenType == JsonTokenType.Null && reader.CurrentDepth == callsDepth)
            {
                callsDepth = -1;
            }
        }

        output.Write(choices.Span[copied..]);
        return output.WrittenMemory;
    }
}
