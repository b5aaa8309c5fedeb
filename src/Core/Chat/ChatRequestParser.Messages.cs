using System.Text.Json;

namespace Ensemble.Chat;

public static partial class ChatRequestParser
{
    /// <summary>The messages and their content parts.</summary>
    private ref partial struct Pass
    {
        private void ReadMessages()
        {
            if (_reader.TokenType != JsonTokenType.StartArray)
            {
                throw Wrong("messages", "an array");
            }

            var messages = new List<ChatMessage>(8);
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
            {
                if (messages.Count == limits.MaxMessages)
                {
                    throw new ChatRequestException($"'messages' holds more than {limits.MaxMessages} messages.", "messages");
                }

                messages.Add(ReadMessage(messages.Count));
            }

            _messages = messages.Count > 0
                ? [.. messages]
                : throw new ChatRequestException("'messages' is empty: send at least one message.", "messages");
        }

        private ChatMessage ReadMessage(int index)
        {
            if (_reader.TokenType != JsonTokenType.StartObject)
            {
                throw Wrong($"messages[{index}]", "an object");
            }

            var start = Position;
            var firstPart = _parts.Count;
            ChatRole? role = null;
            var roleValue = default(ByteRange);
            var content = default(ByteRange);
            var hasContent = false;
            var isAnswer = false;
            int? calls = null;
            var hasCallId = false;
            var isEmptyList = false;
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
            {
                if (_reader.TextIs("role"u8))
                {
                    _reader.Read();
                    role = Role(index);
                    roleValue = new ByteRange(Position, Consumed);
                }
                else if (_reader.TextIs("content"u8))
                {
                    _reader.Read();
                    var contentStart = Position;
                    hasContent = _reader.TokenType != JsonTokenType.Null;
                    isEmptyList = _reader.TokenType == JsonTokenType.StartArray;
                    _parts.RemoveRange(firstPart, _parts.Count - firstPart);
                    ReadContent(index);
                    isEmptyList &= _parts.Count == firstPart;
                    content = hasContent ? new ByteRange(contentStart, Consumed) : default;
                }
                else if (_reader.TextIs("tool_calls"u8))
                {
                    _reader.Read();
                    calls = ReadToolCalls();
                }
                else if (_reader.TextIs("tool_call_id"u8))
                {
                    _reader.Read();
                    hasCallId = true;
                    var id = new ByteRange(Position, Consumed);
                    AddToolCall(id, id, hasMore: false);
                    _reader.Skip();
                }
                else
                {
                    var mayAnswer = _reader.TextIs("function_call"u8) || _reader.TextIs("audio"u8);
                    _reader.Read();
                    isAnswer |= mayAnswer && _reader.TokenType == JsonTokenType.StartObject;
                    _reader.Skip();
                }
            }

            if (role is null)
            {
                throw new ChatRequestException($"'messages[{index}].role' is missing.", $"messages[{index}].role");
            }

            // Clients send back what a model said, also where it said nothing or only called tools; providers want one form of that.
            var whole = new ByteRange(start, Consumed);
            if (role == ChatRole.Assistant)
            {
                var saysNothing = !isAnswer && calls is null or 0 && (!hasContent || isEmptyList);
                if (saysNothing || calls == 0 || (isEmptyList && calls > 0))
                {
                    (_silent ??= []).Add(whole);
                }
            }
            else if (!hasContent)
            {
                throw new ChatRequestException($"'messages[{index}].content' is missing.", $"messages[{index}].content");
            }

            if (role == ChatRole.Tool && !hasCallId)
            {
                throw new ChatRequestException(
                    $"'messages[{index}].tool_call_id' is missing: a tool's message names the call that it answers.",
                    $"messages[{index}].tool_call_id");
            }

            return new ChatMessage(role.Value, whole, roleValue, content, firstPart, _parts.Count - firstPart);
        }

        /// <returns>How many there are.</returns>
        private int ReadToolCalls()
        {
            if (_reader.TokenType != JsonTokenType.StartArray)
            {
                _reader.Skip();
                return 0;
            }

            var count = 0;
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
            {
                count++;
                if (_reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadToolCall();
                }
                else
                {
                    _reader.Skip();
                }
            }

            return count;
        }

        private void ReadToolCall()
        {
            var start = Position;
            var id = default(ByteRange);
            var hasMore = false;
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
            {
                var isId = _reader.TextIs("id"u8);
                hasMore |= !isId && !ToolCallJson.IsKnown(_reader);
                _reader.Read();
                id = isId ? new ByteRange(Position, Consumed) : id;
                _reader.Skip();
            }

            AddToolCall(new ByteRange(start, Consumed), id, hasMore);
        }

        private void AddToolCall(ByteRange whole, ByteRange id, bool hasMore)
        {
            if (body.Span[id.Start..id.End].StartsWith("\"call_"u8))
            {
                (_toolCalls ??= []).Add(new SentToolCall(whole, id, hasMore));
            }
        }

        private readonly ChatRole Role(int index)
        {
            if (_reader.TokenType == JsonTokenType.String)
            {
                if (_reader.TextIs("user"u8))
                {
                    return ChatRole.User;
                }

                if (_reader.TextIs("assistant"u8))
                {
                    return ChatRole.Assistant;
                }

                if (_reader.TextIs("system"u8))
                {
                    return ChatRole.System;
                }

                if (_reader.TextIs("developer"u8))
                {
                    return ChatRole.Developer;
                }

                if (_reader.TextIs("tool"u8))
                {
                    return ChatRole.Tool;
                }
            }

            throw new ChatRequestException(
                $"'messages[{index}].role' must be one of system, developer, user, assistant, tool.", $"messages[{index}].role");
        }

        private void ReadContent(int message)
        {
            switch (_reader.TokenType)
            {
                case JsonTokenType.String or JsonTokenType.Null:
                    return;
                case JsonTokenType.StartArray:
                    var index = 0;
                    while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                    {
                        ReadPart(message, index++);
                    }

                    return;
                default:
                    throw Wrong($"messages[{message}].content", "a string or an array of parts");
            }
        }

        private void ReadPart(int message, int index)
        {
            var path = $"messages[{message}].content[{index}]";
            if (_reader.TokenType != JsonTokenType.StartObject)
            {
                throw Wrong(path, "an object with a 'type'");
            }

            if (_parts.Count == limits.MaxParts)
            {
                throw new ChatRequestException($"The messages hold more than {limits.MaxParts} content parts.", path);
            }

            var start = Position;
            ContentPartKind? kind = null;
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
            {
                var isType = _reader.TextIs("type"u8);
                _reader.Read();
                if (isType && _reader.TokenType == JsonTokenType.String)
                {
                    kind = PartKind();
                }
                else
                {
                    _reader.Skip();
                }
            }

            _parts.Add(new ContentPart(
                message,
                index,
                kind ?? throw new ChatRequestException($"'{path}.type' is missing.", $"{path}.type"),
                new ByteRange(start, Consumed)));
        }

        private readonly ContentPartKind PartKind() =>
            _reader.TextIs("text"u8) ? ContentPartKind.Text
            : _reader.TextIs("image_url"u8) ? ContentPartKind.Image
            : _reader.TextIs("input_audio"u8) ? ContentPartKind.Audio
            : _reader.TextIs("file"u8) ? ContentPartKind.File
            : _reader.TextIs("refusal"u8) ? ContentPartKind.Refusal
            : ContentPartKind.Other;
    }
}
