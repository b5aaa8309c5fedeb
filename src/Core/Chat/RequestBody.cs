namespace Ensemble.Chat;

/// <summary>
/// A request's body as pieces of the caller's bytes with what was changed between them, so that eight panel members share
/// one copy of an image instead of holding eight.
/// </summary>
public sealed class RequestBody
{
    private readonly List<ReadOnlyMemory<byte>> _segments;

    internal RequestBody(List<ReadOnlyMemory<byte>> segments)
    {
        _segments = segments;
        foreach (var segment in segments)
        {
            Length += segment.Length;
        }
    }

    /// <summary>In bytes.</summary>
    public long Length { get; }

    public IReadOnlyList<ReadOnlyMemory<byte>> Segments => _segments;

    public byte[] ToArray()
    {
        var array = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        CopyTo(array);
        return array;
    }

    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    public void CopyTo(Span<byte> destination)
    {
        foreach (var segment in _segments)
        {
            segment.Span.CopyTo(destination);
            destination = destination[segment.Length..];
        }
    }
}
