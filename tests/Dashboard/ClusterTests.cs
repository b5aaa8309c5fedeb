using System.Text;
using Ensemble.Dashboard.Tests.Support;
using Ensemble.Members;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ensemble.Dashboard.Tests;

/// <summary>Members of a cluster, and where its gates live.</summary>
public sealed class ClusterTests(Chromium chromium)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task Page_StandaloneNode_ShowsItself()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "cluster");

        await Expect(Rows(visitor, "Members")).ToHaveCountAsync(1);
        await Expect(Rows(visitor, "Members")).ToContainTextAsync("active");
        await Expect(Rows(visitor, "Members")).ToContainTextAsync((string)(await site.GetAsync("admin/cluster"))["members"]![0]!["node"]!["version"]!);
        await visitor.InspectAsync();
    }

    [Fact]
    public async Task Page_OfACluster_ShowsMembersActivationsAndWhereEachGateLives()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site);
        await AnswerAsync(visitor, Cluster());

        await visitor.GoAsync("cluster");

        await Expect(Rows(visitor, "Members")).ToHaveCountAsync(4);
        await Expect(Rows(visitor, "Members").Nth(1)).ToContainTextAsync("no answer");
        await Expect(Rows(visitor, "Members").Nth(1)).ToContainTextAsync("It has not answered within 2 s.");
        await Expect(Rows(visitor, "Members").Nth(3)).ToContainTextAsync("dead");
        await Expect(Rows(visitor, "Activations")).ToHaveCountAsync(1);
        await Expect(Rows(visitor, "Activations").Locator("[data-name=Runs]")).ToHaveTextAsync("7");
        await Expect(Figure(visitor, "Silos")).ToHaveTextAsync("2");
        await Expect(Figure(visitor, "Runs in flight")).ToHaveTextAsync("5");
        await Expect(Rows(visitor, "Gates")).ToHaveCountAsync(100);
        await Expect(visitor.Page.GetByText("21 more: find one by its name.")).ToBeVisibleAsync();

        await visitor.Page.GetByLabel("Find a gate by name").FillAsync("M-7");

        await Expect(Rows(visitor, "Gates")).ToHaveCountAsync(11);
        await Expect(Rows(visitor, "Gates").First).ToContainTextAsync("silo-a");
        await Expect(visitor.Page.GetByText("more: find one by its name.")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Page_NoSiloAnswers_SaysSoAndStays()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site);
        await AnswerAsync(visitor, new ClusterReport { Problem = "No silo answers: gone." });

        await visitor.GoAsync("cluster");

        await Expect(visitor.Page.GetByText("No silo answers: gone.")).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByText("No member is known.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Page_OfACluster_IsAccessibleAndFitsEverywhere()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site);
        await AnswerAsync(visitor, Cluster());
        await visitor.GoAsync("cluster");
        await visitor.LoadEverywhereAsync(async window =>
        {
            await Expect(Rows(visitor, "Members")).ToHaveCountAsync(4);

            await visitor.InspectAsync();
            await visitor.PictureAsync($"cluster-{window}");
        });
    }

    private static ClusterReport Cluster() => new()
    {
        ClusterId = "ensemble",
        Members =
        [
            Member("silo-a", MemberReport.Active) with
            {
                Node = Node("silo") with
                {
                    Activations = new Dictionary<string, int> { ["runs"] = 7, ["model_gates"] = 121, ["caller_gates"] = 0, ["usage_watch"] = 1, ["orleans"] = 4 },
                    Gates = [.. Enumerable.Range(0, 121).Select(number => $"model:m-{number}")],
                    GateCount = 121,
                },
            },
            Member("silo-b", MemberReport.Active) with { Problem = "It has not answered within 2 s." },
            Member("frontend-a", MemberReport.Active) with { Address = null, Node = Node("frontend") },
            Member("silo-c", MemberReport.Dead),
        ],
    };

    private static MemberReport Member(string name, string status) =>
        new() { Name = name, Address = $"10.1.2.3:{name.Length}", Status = status, StartedAt = Start, SeenAt = Start };

    private static NodeReport Node(string role) => new()
    {
        Role = role,
        Version = "0.1.0",
        MemoryBytes = 300_000_000,
        RunsInFlight = 5,
        Ledger = new QueueReport(60_000_000, 67_108_864, 0),
        Buffers = new QueueReport(1000, 1_000_000, 0),
    };

    private static Task AnswerAsync(Visitor visitor, ClusterReport report) => visitor.Page.RouteAsync(
        "**/admin/cluster",
        route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = Encoding.UTF8.GetString(MembersJson.Write(report)) }));

    private static ILocator Rows(Visitor visitor, string table) =>
        visitor.Page.GetByRole(AriaRole.Region, new() { Name = table, Exact = true }).Locator("tbody tr");

    private static ILocator Figure(Visitor visitor, string name) =>
        visitor.Page.Locator(".tile", new() { Has = visitor.Page.GetByText(name, new() { Exact = true }) }).Locator("dd").First;
}
