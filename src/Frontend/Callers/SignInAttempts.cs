using System.Net;
using System.Net.Sockets;

namespace Ensemble.Frontend.Callers;

/// <summary>
/// Slows down who sends wrong admin keys: after <see cref="Free"/> of them from one address, each further one makes the next attempt wait, for
/// 1 s at first and <see cref="MaxDelay"/> at most. Of this process alone. An IPv6 network of 64 bits counts as one address.
/// </summary>
internal sealed class SignInAttempts(TimeProvider time)
{
    /// <summary>Wrong keys that cost no time.</summary>
    public const int Free = 5;

    /// <summary>Addresses that are remembered at most; the one whose last wrong key is the oldest makes room.</summary>
    public const int MaxAddresses = 1024;

    /// <summary>Short, because an administrator may share an address with others, as behind a proxy.</summary>
    public static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(10);

    /// <summary>After this time without a wrong key an address is as good as new.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Failures> _byAddress = [];

    internal int Addresses
    {
        get
        {
            lock (_lock)
            {
                return _byAddress.Count;
            }
        }
    }

    /// <summary>Takes note of an attempt.</summary>
    /// <param name="address">Where it came from; null = over no network.</param>
    /// <param name="isRight">Whether the key is the right one. An attempt that has to wait tells nothing about its key.</param>
    /// <returns>How long the next attempt has to wait, where this one came too early; null where it counts.</returns>
    public TimeSpan? Add(IPAddress? address, bool isRight)
    {
        var from = Group(address ?? IPAddress.None);
        lock (_lock)
        {
            var count = 0;
            if (_byAddress.TryGetValue(from, out var before))
            {
                var since = time.GetElapsedTime(before.At);
                if (since < before.Pause)
                {
                    return before.Pause - since;
                }

                count = since < Retention ? before.Count : 0;
            }

            if (isRight)
            {
                _byAddress.Remove(from);
                return null;
            }

            if (_byAddress.Count >= MaxAddresses && !_byAddress.ContainsKey(from))
            {
                _byAddress.Remove(_byAddress.MinBy(static entry => entry.Value.At).Key);
            }

            count++;
            _byAddress[from] = new Failures(count, time.GetTimestamp(), PauseAfter(count));
            return null;
        }
    }

    private static TimeSpan PauseAfter(int count)
    {
        // The fourth doubling is over the longest pause.
        var pause = FirstDelay * (1 << Math.Clamp(count - Free, 0, 4));
        return count < Free ? TimeSpan.Zero : pause < MaxDelay ? pause : MaxDelay;
    }

    private static IPAddress Group(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private readonly record struct Failures(int Count, long At, TimeSpan Pause);
}
