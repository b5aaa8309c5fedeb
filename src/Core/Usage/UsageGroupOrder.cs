namespace Ensemble.Usage;

/// <summary>Orders groups by their keys, one after the other, as plain characters; no key goes first.</summary>
public sealed class UsageGroupOrder : IComparer<IReadOnlyList<string?>>
{
    public static readonly UsageGroupOrder Instance = new();

    private UsageGroupOrder()
    {
    }

    public int Compare(IReadOnlyList<string?>? x, IReadOnlyList<string?>? y)
    {
        for (var index = 0; index < Math.Min(x?.Count ?? 0, y?.Count ?? 0); index++)
        {
            if (string.CompareOrdinal(x![index], y![index]) is not 0 and var order)
            {
                return order;
            }
        }

        return (x?.Count ?? 0).CompareTo(y?.Count ?? 0);
    }
}
