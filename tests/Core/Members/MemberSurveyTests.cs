using System.Text;
using Ensemble.Members;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Members;

public sealed class MemberSurveyTests
{
    private static readonly DateTimeOffset Start = new ManualTimeProvider().GetUtcNow();

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Ask_MemberThatIsSilent_IsShownAsSuchAfterTwoSeconds()
    {
        var silent = new TaskCompletionSource<NodeReport>();
        var asking = Ask((Member("b"), () => silent.Task), (Member("a"), Answers));

        _time.Advance(MemberSurvey.Timeout - TimeSpan.FromMilliseconds(1));
        asking.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var members = await asking;

        members.Select(member => member.Name).ShouldBe(["a", "b"]);
        (members[0].Node?.Version, members[0].Problem).ShouldBe(("1.2.3", null));
        (members[1].Node, members[1].Problem).ShouldBe((null, "It has not answered within 2 s."));
    }

    [Fact]
    public async Task Ask_MemberThatFails_SaysWhyAndLeavesTheOthers()
    {
        var members = await Ask((Member("a"), static () => throw new InvalidOperationException("gone")), (Member("b"), Answers));

        members[0].Problem.ShouldBe("It could not be asked: gone");
        members[1].Node.ShouldNotBeNull();
    }

    [Fact]
    public async Task Ask_MembersOfEveryState_ThoseThatAreUpComeFirstAndTheDeadAreNotAsked()
    {
        var members = await Ask(
            (Member("a", "joining"), Answers),
            (Dead("late", hours: 1), Never),
            (Member("c"), Answers),
            (Dead("later", hours: 0), Never),
            (Member("b"), Answers));

        members.Select(member => member.Name).ShouldBe(["b", "c", "a", "later", "late"]);
        members.Where(member => member.Status == MemberReport.Dead).ShouldAllBe(member => member.Node == null && member.Problem == null);
    }

    [Fact]
    public async Task Ask_ManyDeadMembers_ShowsTheLatestOfADay()
    {
        var members = await Ask([.. Enumerable.Range(0, 40).Select(hours => (Dead($"{hours:00}", hours), (Func<Task<NodeReport>>)Never))]);

        members.Select(member => member.Name).ShouldBe(Enumerable.Range(0, MemberSurvey.MaxDead).Select(hours => $"{hours:00}"));
        (await Ask((Dead("old", hours: 24), Never))).ShouldBeEmpty();
    }

    [Fact]
    public void Json_ReportWithAFieldOfALaterVersion_IsReadAsItWasWritten()
    {
        var report = new ClusterReport { ClusterId = "ensemble", Members = [Member("a") with { Node = Node() }] };

        var json = Encoding.UTF8.GetString(MembersJson.Write(report));
        var later = json.Replace("\"members\":", "\"later\":[1],\"members\":", StringComparison.Ordinal);
        var read = MembersJson.ReadCluster(Encoding.UTF8.GetBytes(later));

        MembersJson.Write(read).ShouldBe(MembersJson.Write(report));
        json.ShouldStartWith("""{"object":"cluster","cluster_id":"ensemble","problem":null,"members":[{"name":"a",""");
    }

    private static Task<NodeReport> Answers() => Task.FromResult(Node());

    private static Task<NodeReport> Never() => throw new InvalidOperationException("A dead member was asked.");

    private static NodeReport Node() => new()
    {
        Role = "silo",
        Version = "1.2.3",
        Activations = new Dictionary<string, int> { ["runs"] = 2 },
        Gates = ["model:m"],
        GateCount = 1,
        Ledger = new QueueReport(1, 2, 3),
        Buffers = new QueueReport(4, 5, 0),
    };

    private static MemberReport Member(string name, string status = MemberReport.Active) =>
        new() { Name = name, Status = status, SeenAt = Start };

    private static MemberReport Dead(string name, int hours) =>
        Member(name, MemberReport.Dead) with { SeenAt = Start - TimeSpan.FromHours(hours) };

    private Task<IReadOnlyList<MemberReport>> Ask(params (MemberReport Member, Func<Task<NodeReport>> Ask)[] members) =>
        MemberSurvey.AskAsync(members, _time, TestContext.Current.CancellationToken);
}
