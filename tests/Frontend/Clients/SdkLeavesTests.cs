using System.Net;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Clients;

/// <summary>A program that leaves a stream in its middle, as the official clients let it.</summary>
public sealed class SdkLeavesTests
{
    [Theory]
    [InlineData("council", Council.Judge)]
    [InlineData("solo", "solo")]
    public async Task DotNet_BreaksOff_ModelIsStopped(string alias, string writing)
    {
        await using var council = await WritingAsync(writing);

        await foreach (var update in council.Gateway.Sdk(alias).CompleteChatStreamingAsync([new UserChatMessage("Hi")], cancellationToken: Now.Cancel))
        {
            if (update.ContentUpdate.Count > 0 && update.ContentUpdate[0].Text.Length > 0)
            {
                break;
            }
        }

        await ShouldBeStoppedAsync(council, writing);
    }

    [Theory]
    [InlineData("council", Council.Judge)]
    [InlineData("solo", "solo")]
    public async Task DotNet_Cancels_ModelIsStopped(string alias, string writing)
    {
        await using var council = await WritingAsync(writing);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Now.Cancel);

        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in council.Gateway.Sdk(alias).CompleteChatStreamingAsync([new UserChatMessage("Hi")], cancellationToken: cancel.Token))
            {
                if (update.ContentUpdate.Count > 0 && update.ContentUpdate[0].Text.Length > 0)
                {
                    await cancel.CancelAsync();
                }
            }
        });

        await ShouldBeStoppedAsync(council, writing);
    }

    [Theory]
    [InlineData("council", Council.Judge)]
    [InlineData("solo", "solo")]
    public async Task Node_Aborts_ModelIsStopped(string alias, string writing)
    {
        Assert.SkipUnless(NodeSdk.Available(out var reason), reason);
        await using var council = await WritingAsync(writing);

        var result = await NodeSdk.LeaveAsync(
            council.Gateway.Endpoint, "any", $$"""{"model":"{{alias}}","messages":[{"role":"user","content":"Hi"}]}""", Now.Cancel);

        result.Content.ShouldBe("It is");
        result.Error.ShouldBeNull();
        await ShouldBeStoppedAsync(council, writing);
    }

    private static async Task<Council> WritingAsync(string writing)
    {
        var council = await Council.StartAsync();
        council.Model(writing).Default = StubReply.Stream(StubStep.Delta("It is"), StubStep.Stall());
        return council;
    }

    private static async Task ShouldBeStoppedAsync(Council council, string writing)
    {
        await (await council.RequestAsync(writing)).Aborted.WaitAsync(Now.Cancel);
        council.Model(writing).Answers("Still here.");
        (await council.Gateway.ChatAsync(Council.AskSolo)).Status.ShouldBe(HttpStatusCode.OK);
        council.Gateway.Faults.ShouldBeEmpty();
    }
}
