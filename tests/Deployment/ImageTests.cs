using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ensemble.Deployment.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Deployment.Tests;

/// <summary>Images: which ones pods name, and how the product's own is made.</summary>
public sealed partial class ImageTests
{
    private static readonly string Dockerfile = Repository.Read("Dockerfile");

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Image_OfEachContainer_HasAPinnedTag(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        overlay.Workloads.SelectMany(workload => workload.AllContainers).Select(container => container["image"].Text!).ShouldAllBe(image => Pinned().IsMatch(image));
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Image_OfTheProduct_IsOfThisVersion(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var version = Element("Directory.Build.props", "Version");

        overlay.OfProduct.SelectMany(workload => workload.AllContainers).Select(container => container["image"].Text).Distinct().ShouldBe([$"ensemble-orleans:{version}"]);
    }

    [Fact]
    public void Dockerfile_BeforeItsRestore_HasEveryProjectOfTheProgram()
    {
        var restore = Dockerfile[..Dockerfile.IndexOf("RUN dotnet restore", StringComparison.Ordinal)];

        var projects = Directory.GetFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Repository.Top, path).Replace('\\', '/'));

        projects.Select(project => $"COPY {project} {project[..(project.LastIndexOf('/') + 1)]}\n").ShouldAllBe(line => restore.Contains(line));
        Directory.GetFiles(Repository.Top, "*.props").Append("global.json").ShouldAllBe(path => restore.Contains(Path.GetFileName(path)));
    }

    [Fact]
    public void Dockerfile_OfEachFileItCopies_FindsItInTheContext()
    {
        var ignore = Repository.Read(".dockerignore").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#')).ToList();
        ignore[0].ShouldBe("*");
        var allowed = ignore.Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();

        var copied = Copy().Matches(Dockerfile).SelectMany(match => match.Groups["files"].Value.Split(' ')).Distinct(StringComparer.Ordinal).ToList();

        copied.ShouldAllBe(path => allowed.Contains(path.Split('/', StringSplitOptions.None)[0]));
        copied.ShouldAllBe(path => Path.Exists(Repository.PathOf(path)));
        allowed.ShouldAllBe(path => copied.Any(one => one.Split('/', StringSplitOptions.None)[0] == path));
    }

    [Fact]
    public void Dockerfile_OfTheRuntime_IsChiselledAndStartsTheProgramAsItsUser()
    {
        var program = Element("src/Silo/Ensemble.Silo.csproj", "AssemblyName");
        var runtime = Dockerfile[Dockerfile.LastIndexOf("\nFROM ", StringComparison.Ordinal)..];

        runtime.ShouldContain("-chiseled\n");
        runtime.ShouldContain("\nUSER 1654\n");
        runtime.ShouldContain($"\nENTRYPOINT [\"dotnet\", \"/app/{program}.dll\"]");
        runtime.ShouldNotContain("RUN ");
    }

    private static string Element(string project, string name) => XDocument.Load(Repository.PathOf(project)).Descendants(name).Single().Value;

    [GeneratedRegex(@"^[a-z0-9./-]+(:\d+)?[a-z0-9./-]*:\d+(\.\d+)+[a-z0-9.-]*(@sha256:[0-9a-f]{64})?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pinned();

    [GeneratedRegex(@"^COPY (?!--from)(?<files>.*) \S+$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Copy();
}
