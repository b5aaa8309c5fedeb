using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Streams;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace Ensemble.Cluster.Tests.Streams;

/// <summary>The provider of pushed streams, through Orleans' own interfaces, between the processes of a cluster.</summary>
public sealed class PushStreamTests(SharedBench shared) : IClassFixture<SharedBench>
{
    [Theory]
    [InlineData(-1, 0)]
    [InlineData(-1, 2)]
    [InlineData(0, 1)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    public async Task OnNext_FromAnyProcessToAnyOther_ArrivesOnceAndInOrder(int subscriber, int producer)
    {
        var taken = new Recorder();
        var handle = await OpenAsync(subscriber, taken);
        var stream = Provider(producer).GetStream<string>(handle.StreamId);

        for (var item = 0; item < 100; item++)
        {
            await stream.OnNextAsync($"{item}");
        }

        await stream.OnNextBatchAsync(["100", "101", "102"]);

        taken.Items.ShouldBe(Enumerable.Range(0, 103).Select(item => $"{item}"));
    }

    [Fact]
    public async Task OnNext_NothingSubscribes_FailsAtOnce()
    {
        var handle = await OpenAsync(-1, new Recorder());
        var stream = Provider(0).GetStream<string>(handle.StreamId);
        await stream.OnNextAsync("taken");

        await handle.UnsubscribeAsync();

        await Should.ThrowAsync<InvalidOperationException>(() => stream.OnNextAsync("late"));
    }

    [Fact]
    public async Task OnNext_SubscriberFails_TheProducerHearsIt()
    {
        var handle = await OpenAsync(-1, new Recorder { Fault = new InvalidOperationException("full") });

        var stream = Provider(1).GetStream<string>(handle.StreamId);
        var fault = await Should.ThrowAsync<InvalidOperationException>(() => stream.OnNextAsync("item"));

        fault.Message.ShouldBe("full");
    }

    [Theory]
    [InlineData("somewhere|1")]
    [InlineData("ensemble.run/0123|1")]
    [InlineData("")]
    public async Task OnNext_KeyIsNoAddress_IsRefused(string key)
    {
        var stream = Provider(0).GetStream<string>(StreamId.Create("test", key));

        var fault = await Should.ThrowAsync<ArgumentException>(() => stream.OnNextAsync("item"));
        fault.Message.ShouldContain(StreamHostingExtensions.ProviderName);
    }

    [Fact]
    public async Task Subscribe_TwiceOrElsewhere_IsRefused()
    {
        var handle = await OpenAsync(-1, new Recorder());

        foreach (var process in (int[])[-1, 0])
        {
            var stream = Provider(process).GetStream<string>(handle.StreamId);
            await Should.ThrowAsync<InvalidOperationException>(() => stream.SubscribeAsync(new Recorder()));
        }

        (await Provider(-1).GetStream<string>(handle.StreamId).GetAllSubscriptionHandles()).ShouldBe([handle]);
        await handle.UnsubscribeAsync();
        (await Provider(-1).GetStream<string>(handle.StreamId).GetAllSubscriptionHandles()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Open_Twice_StreamsDoNotMix()
    {
        var (first, second) = (new Recorder(), new Recorder());
        var handles = new[] { await OpenAsync(-1, first), await OpenAsync(-1, second) };

        await Provider(0).GetStream<string>(handles[1].StreamId).OnNextAsync("item");

        (first.Items.Count, second.Items.Count).ShouldBe((0, 1));
    }

    private async Task<StreamSubscriptionHandle<string>> OpenAsync(int process, Recorder taken) =>
        await (await Provider(process).OpenAsync<string>("test")).SubscribeAsync(taken);

    /// <param name="process">A silo; -1 = a client.</param>
    private PushStreamProvider Provider(int process)
    {
        var services = process < 0
            ? shared.Bench.Cluster.Client.ServiceProvider
            : shared.Bench.Cluster.GetSiloServiceProvider(shared.Bench.Cluster.Silos[process].SiloAddress);
        return (PushStreamProvider)services.GetRequiredService<IClusterClient>().GetStreamProvider(StreamHostingExtensions.ProviderName);
    }

    private sealed class Recorder : IAsyncObserver<string>
    {
        private readonly List<string> _items = [];

        public Exception? Fault { get; init; }

        public IReadOnlyList<string> Items
        {
            get
            {
                lock (_items)
                {
                    return [.. _items];
                }
            }
        }

        public Task OnNextAsync(string item, StreamSequenceToken? token = null)
        {
            lock (_items)
            {
                _items.Add(item);
            }

            return Fault is null ? Task.CompletedTask : Task.FromException(Fault);
        }

        public Task OnErrorAsync(Exception ex) => throw new NotSupportedException();
    }
}
