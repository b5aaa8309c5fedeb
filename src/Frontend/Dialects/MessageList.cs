using System.Text.Json;

namespace Ensemble.Frontend.Dialects;

/// <summary>
/// Writes the messages of a chat request. Tool calls join the assistant's message before them. Images of tool results, which not every
/// provider takes in a tool's message, follow the results in a message of the user.
/// </summary>
internal sealed class MessageList(Utf8JsonWriter json)
{
    private readonly MessageContent _images = new();
    private State _state;

    private enum State
    {
        Between,
        InAssistant,
        InCalls,
    }

    public void Add(string role, MessageContent content)
    {
        Close();
        ShowImages();
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WritePropertyName("content"u8);
        content.Write(json);
        if (role == "assistant")
        {
            _state = State.InAssistant;
        }
        else
        {
            json.WriteEndObject();
        }
    }

    /// <param name="id">A JSON string, as all of these.</param>
    /// <param name="arguments">Null = those of <paramref name="input"/>.</param>
    /// <param name="input">The arguments as an object.</param>
    public void AddCall(JsonElement id, JsonElement name, JsonElement arguments, JsonElement input = default)
    {
        if (_state == State.Between)
        {
            ShowImages();
            json.WriteStartObject();
            json.WriteString("role"u8, "assistant"u8);
            json.WriteNull("content"u8);
            _state = State.InAssistant;
        }

        if (_state == State.InAssistant)
        {
            json.WriteStartArray("tool_calls"u8);
            _state = State.InCalls;
        }

        json.WriteStartObject();
        json.Copy("id", id);
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.Copy("name", name);
        if (arguments.IsSet())
        {
            json.Copy("arguments", arguments);
        }
        else
        {
            json.WriteString("arguments"u8, input.RawText());
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <param name="id">Of the call: a JSON string.</param>
    /// <param name="images">Those of the result.</param>
    public void AddResult(JsonElement id, MessageContent content, MessageContent images)
    {
        Close();
        if (!images.IsEmpty)
        {
            content.AddText("The images of this result follow the results.");
            _images.AddText("Images of tool results:");
            _images.AddAll(images);
        }

        json.WriteStartObject();
        json.WriteString("role"u8, "tool"u8);
        json.Copy("tool_call_id", id);
        json.WritePropertyName("content"u8);
        if (content.IsEmpty)
        {
            json.WriteStringValue(""u8);
        }
        else
        {
            content.Write(json);
        }

        json.WriteEndObject();
    }

    /// <summary>Ends the last message.</summary>
    public void Complete()
    {
        Close();
        ShowImages();
    }

    private void Close()
    {
        if (_state == State.InCalls)
        {
            json.WriteEndArray();
        }

        if (_state != State.Between)
        {
            json.WriteEndObject();
            _state = State.Between;
        }
    }

    private void ShowImages()
    {
        if (_images.IsEmpty)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("role"u8, "user"u8);
        json.WritePropertyName("content"u8);
        _images.Write(json);
        json.WriteEndObject();
        _images.Clear();
    }
}
