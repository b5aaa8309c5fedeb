namespace Ensemble.Upstreams.Http;

/// <summary>Who may be called at an address. Of two kinds that both fit, the later one counts.</summary>
internal enum AddressKind
{
    /// <summary>Anybody's: called.</summary>
    Public,

    /// <summary>Of this network, or set aside for none: called only where the operator allows it.</summary>
    Private,

    /// <summary>This machine: called only under its own name.</summary>
    Loopback,

    /// <summary>Never called.</summary>
    Forbidden,
}
