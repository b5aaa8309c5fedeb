namespace Ensemble.Chat;

/// <summary>A part of a message's content, as it stands in the body.</summary>
/// <param name="Message">Index of the message.</param>
/// <param name="Index">Index within the message.</param>
/// <param name="Whole">The part's object.</param>
public readonly record struct ContentPart(int Message, int Index, ContentPartKind Kind, ByteRange Whole);
