namespace Ensemble.Grains.Streams;

/// <summary>The subscription to a stream, whatever the type of its items.</summary>
internal interface IPushTarget
{
    Task TakeAsync(object[] items);
}
