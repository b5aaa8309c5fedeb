namespace Ensemble.Chat;

/// <summary>A request that cannot be served as it stands.</summary>
/// <param name="message">What is wrong and how to correct it.</param>
/// <param name="param">The field, as <c>messages[2].role</c>; null = the body as a whole.</param>
/// <param name="code">A stable code of OpenAI's or ours; null where none fits.</param>
public sealed class ChatRequestException(string message, string? param, string? code = null) : Exception(message)
{
    public string? Param { get; } = param;

    public string? Code { get; } = code;
}
