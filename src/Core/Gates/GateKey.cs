namespace Ensemble.Gates;

/// <summary>Names a gate. As text: <c>model:NAME</c>, <c>alias:NAME</c>, <c>caller:NAME</c>.</summary>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public readonly record struct GateKey([property: Id(0)] GateKind Kind, [property: Id(1)] string Name)
{
    private static readonly string[] Prefixes = ["model:", "alias:", "caller:"];

    public static GateKey Model(string alias) => new(GateKind.Model, alias);

    public static GateKey Alias(string alias) => new(GateKind.Alias, alias);

    public static GateKey Caller(string key) => new(GateKind.Caller, key);

    public static bool TryParse(string text, out GateKey key)
    {
        for (var kind = 0; kind < Prefixes.Length; kind++)
        {
            if (text.StartsWith(Prefixes[kind], StringComparison.Ordinal) && text.Length > Prefixes[kind].Length)
            {
                key = new GateKey((GateKind)kind, text[Prefixes[kind].Length..]);
                return true;
            }
        }

        key = default;
        return false;
    }

    public override string ToString() => Prefixes[(int)Kind] + Name;
}

/// <summary>What a gate stands before.</summary>
public enum GateKind
{
    /// <summary>A direct model: every attempt of every sub-call passes it.</summary>
    Model,

    /// <summary>An ensemble as callers name it.</summary>
    Alias,

    /// <summary>A caller's key.</summary>
    Caller,
}
