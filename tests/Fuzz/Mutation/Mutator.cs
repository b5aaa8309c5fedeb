using System.Text;

namespace Ensemble.Fuzz.Tests.Mutation;

/// <summary>Changes a text by steps, each of which follows from its number alone, so that a failing input can be rebuilt without some of them.</summary>
internal static class Mutator
{
    public static byte[] Apply(byte[] seed, IEnumerable<int> steps) => steps.Aggregate(seed, Step);

    /// <summary>The numbers of one to five steps.</summary>
    public static int[] Draw(Random random) => [.. Enumerable.Range(0, 1 + random.Next(random.Next(1, 6))).Select(_ => random.Next())];

    private static byte[] Step(byte[] text, int number)
    {
        var random = new Random(number);
        return JsonSpans.Read(text) is { } spans && random.Next(8) > 0 ? Structural(text, spans, random) : Bytewise(text, random);
    }

    private static byte[] Structural(byte[] json, JsonSpans spans, Random random)
    {
        var value = Any(spans.Values, random);
        switch (random.Next(9))
        {
            case 0 or 1:
                return Replace(json, value, Any(Oddities.Values, random));
            case 2 or 3 when json[value.Start.Value] == '"':
                return Insert(json, value.Start.Value + 1 + random.Next(Math.Max(1, Length(value) - 1)), Any(Oddities.Inside, random));
            case 4 when spans.Members.Count > 0:
                return Without(json, Any(spans.Members, random));
            case 5 when spans.Members.Count > 0:
                var member = Any(spans.Members, random);
                return Insert(json, member.Start.Value, [.. json.AsSpan(member), (byte)',']);
            case 6 when spans.Names.Count > 0:
                return Insert(json, Any(spans.Names, random).Start.Value + 1, Any(Oddities.Inside, random));
            case 7:
                return Replace(json, value, json[Any(spans.Values, random)]);
            default:
                var depth = random.Next(1, 40);
                return Replace(json, value, [.. Enumerable.Repeat((byte)'[', depth), .. json.AsSpan(value), .. Enumerable.Repeat((byte)']', depth)]);
        }
    }

    private static byte[] Bytewise(byte[] text, Random random)
    {
        if (text.Length == 0)
        {
            return Any(Oddities.Values, random);
        }

        var at = random.Next(text.Length);
        switch (random.Next(6))
        {
            case 0:
                return text[..at];
            case 1:
                var flipped = (byte[])text.Clone();
                flipped[at] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 2:
                return Insert(text, at, Any(Oddities.Inside, random));
            case 3:
                return [.. Encoding.UTF8.Preamble, .. text];
            case 4:
                return Replace(text, at..Math.Min(text.Length, at + random.Next(1, 20)), []);
            default:
                return [.. text, .. Any(Oddities.Values, random)];
        }
    }

    private static byte[] Without(byte[] json, Range member)
    {
        var (start, end) = (member.Start.Value, member.End.Value);
        return end < json.Length && json[end] == ',' ? Replace(json, start..(end + 1), [])
            : start > 0 && json[start - 1] == ',' ? Replace(json, (start - 1)..end, [])
            : Replace(json, member, []);
    }

    private static byte[] Insert(byte[] text, int at, ReadOnlySpan<byte> inserted) => Replace(text, at..at, inserted);

    private static byte[] Replace(byte[] text, Range range, ReadOnlySpan<byte> by) =>
        [.. text.AsSpan(0, range.Start.Value), .. by, .. text.AsSpan(range.End.Value)];

    private static int Length(Range range) => range.End.Value - range.Start.Value;

    private static T Any<T>(IReadOnlyList<T> list, Random random) => list[random.Next(list.Count)];
}
