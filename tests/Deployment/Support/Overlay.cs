using System.Collections.Concurrent;
using Ensemble.Testing;
using YamlDotNet.RepresentationModel;

namespace Ensemble.Deployment.Tests.Support;

/// <summary>What <c>kubectl apply -k</c> would send for an overlay.</summary>
internal sealed class Overlay
{
    public const string Production = "production";

    public const string Development = "dev";

    private static readonly ConcurrentDictionary<string, Task<Overlay>> Rendered = new(StringComparer.Ordinal);

    private Overlay(string name, string text)
    {
        Name = name;
        Text = text;
        Manifests = Parse(text);
    }

    /// <summary>Every folder of k8s/overlays.</summary>
    public static TheoryData<string> Names => [.. Directory.GetDirectories(Repository.PathOf("k8s/overlays")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public string Name { get; }

    public string Text { get; }

    public IReadOnlyList<Manifest> Manifests { get; }

    /// <summary>Whatever makes pods.</summary>
    public IReadOnlyList<Manifest> Workloads => [.. Manifests.Where(manifest => manifest.Template.Exists)];

    /// <summary>The workloads whose pods run this product's image.</summary>
    public IReadOnlyList<Manifest> OfProduct => [.. Workloads.Where(workload => workload.PodLabels["app.kubernetes.io/name"] == "ensemble")];

    /// <summary>Skips the test where there is no kubectl.</summary>
    public static Task<Overlay> RenderAsync(string name)
    {
        Assert.SkipUnless(HasKubectl(), "There is no kubectl on the PATH: install it (https://kubernetes.io/docs/tasks/tools/).");
        return Rendered.GetOrAdd(name, static async key => new Overlay(key, await Command.RunAsync(Repository.Top, "kubectl", "kustomize", $"k8s/overlays/{key}")));
    }

    public static IReadOnlyList<Manifest> Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => new Manifest(new Node(document.RootNode)))];
    }

    public IReadOnlyList<Manifest> Of(string kind) => [.. Manifests.Where(manifest => manifest.Kind == kind)];

    public Manifest The(string kind, string name) => Manifests.Single(manifest => manifest.Kind == kind && manifest.Name == name);

    private static bool HasKubectl() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "kubectl")) || File.Exists(Path.Combine(folder, "kubectl.exe")));
}
