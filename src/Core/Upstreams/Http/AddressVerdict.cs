namespace Ensemble.Upstreams.Http;

/// <summary>The classification of an address.</summary>
/// <param name="Description">With an article, for messages: "a link-local address".</param>
internal readonly record struct AddressVerdict(AddressKind Kind, string Description);
