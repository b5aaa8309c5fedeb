namespace Ensemble.Chat;

/// <summary>A call, or the reference to one in a tool's message, whose id may be one of ours.</summary>
/// <param name="Whole">The call's object; in a tool's message the id's value.</param>
/// <param name="Id">The id's value, with its quotes.</param>
/// <param name="HasMore">Whether there are members beside those that every provider knows.</param>
internal readonly record struct SentToolCall(ByteRange Whole, ByteRange Id, bool HasMore);
