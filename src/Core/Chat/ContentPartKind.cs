namespace Ensemble.Chat;

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
