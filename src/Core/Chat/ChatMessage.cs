namespace Ensemble.Chat;

/// <summary>A message of a request, as it stands in the body.</summary>
/// <param name="Whole">The message's object.</param>
/// <param name="RoleValue">The value of <c>role</c>, with its quotes.</param>
/// <param name="Content">The value of <c>content</c>; empty where there is none.</param>
/// <param name="FirstPart">Index into <see cref="ChatRequest.Parts"/>.</param>
/// <param name="PartCount">0 where the content is a string or absent.</param>
public readonly record struct ChatMessage(
    ChatRole Role,
    ByteRange Whole,
    ByteRange RoleValue,
    ByteRange Content,
    int FirstPart,
    int PartCount);

public enum ChatRole
{
    System,
    Developer,
    User,
    Assistant,
    Tool,
}

/// <summary>A part of a message's content, as it stands in the body.</summary>
/// <param name="Message">Index of the message.</param>
/// <param name="Index">Index within the message.</param>
/// <param name="Whole">The part's object.</param>
public readonly record struct ContentPart(int Message, int Index, ContentPartKind Kind, ByteRange Whole);

/// <summary>What a part of a message's content holds.</summary>
public enum ContentPartKind
{
    Text,
    Image,
    Audio,
    File,
    Refusal,

    /// <summary>A kind that this version does not know; passed on as it came.</summary>
    Other,
}

/// <summary>A call, or the reference to one in a tool's message, whose id may be one of ours.</summary>
/// <param name="Whole">The call's object; in a tool's message the id's value.</param>
/// <param name="Id">The id's value, with its quotes.</param>
/// <param name="HasMore">Whether there are members beside those that every provider knows.</param>
internal readonly record struct SentToolCall(ByteRange Whole, ByteRange Id, bool HasMore);
