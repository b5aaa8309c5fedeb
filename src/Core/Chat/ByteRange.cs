namespace Ensemble.Chat;

/// <summary>A stretch of a request's body: <see cref="Start"/> is its first byte, <see cref="End"/> the first one after it.</summary>
public readonly record struct ByteRange(int Start, int End)
{
    public int Length => End - Start;
}
