namespace Ensemble.Deployment.Tests.Support;

/// <summary>One object of a rendered overlay.</summary>
internal sealed class Manifest(Node root)
{
    public Node Root => root;

    public string Kind => root["kind"].Text!;

    public string Name => root["metadata.name"].Text!;

    public Node Spec => root["spec"];

    public IReadOnlyDictionary<string, string> Labels => root["metadata.labels"].Pairs;

    /// <summary>What pods are made of; none where it makes no pods.</summary>
    public Node Template => Spec["template"];

    public IReadOnlyDictionary<string, string> PodLabels => Template["metadata.labels"].Pairs;

    public Node Pod => Template["spec"];

    public IEnumerable<Node> InitContainers => Pod["initContainers"].Items;

    /// <summary>The first container, which does the pod's work.</summary>
    public Node Container => Pod["containers"].Items[0];

    public IEnumerable<Node> AllContainers => InitContainers.Concat(Pod["containers"].Items);

    /// <summary>The names and numbers of the ports that its containers listen at.</summary>
    public IReadOnlyDictionary<string, int> Ports => Pod["containers"].Items.SelectMany(container => container["ports"].Items)
        .ToDictionary(port => port["name"].Text!, port => port["containerPort"].Number, StringComparer.Ordinal);

    public override string ToString() => $"{Kind} {Name}";

    /// <summary>Whether pods of this template are chosen by labels. No labels choose all.</summary>
    public bool IsChosenBy(IReadOnlyDictionary<string, string> selector) =>
        Template.Exists && selector.All(wanted => PodLabels.GetValueOrDefault(wanted.Key) == wanted.Value);
}
