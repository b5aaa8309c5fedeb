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
