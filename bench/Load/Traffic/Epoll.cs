using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ensemble.Load.Traffic;

/// <summary>
/// Tells which of many sockets have something to be read. The runtime's own loop hands each on to a thread of its pool, which takes longer
/// than to read it.
/// </summary>
internal sealed partial class Epoll : IDisposable
{
    private const int MaxEvents = 64;
    private const int AddSocket = 1;
    private const uint Readable = 1;
    private const int Interrupted = 4;

    // The kernel packs its struct on x64 alone.
    private static readonly int DataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Size = DataAt + 8;

    private readonly SafeFileHandle _handle;
    private readonly byte[] _events = new byte[MaxEvents * 16];

    public Epoll()
    {
        _handle = new SafeFileHandle(Create(0), ownsHandle: true);
        if (_handle.IsInvalid)
        {
            throw Problem("epoll_create1");
        }
    }

    /// <param name="number">By which it is told when it is ready. A socket that is closed is forgotten.</param>
    public void Add(Socket socket, int number)
    {
        Span<byte> asked = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(asked, Readable);
        BinaryPrimitives.WriteInt32LittleEndian(asked[DataAt..], number);
        if (Control(_handle, AddSocket, socket.SafeHandle, asked) != 0)
        {
            throw Problem("epoll_ctl");
        }
    }

    /// <param name="ready">Gets the numbers of sockets that can be read, or whose other side has closed them.</param>
    /// <returns>How many there are; 0 where none was ready in time.</returns>
    public int Wait(Span<int> ready, int milliseconds)
    {
        var count = WaitEvents(_handle, _events, Math.Min(MaxEvents, ready.Length), milliseconds);
        if (count < 0)
        {
            return Marshal.GetLastPInvokeError() == Interrupted ? 0 : throw Problem("epoll_wait");
        }

        for (var i = 0; i < count; i++)
        {
            ready[i] = BinaryPrimitives.ReadInt32LittleEndian(_events.AsSpan(i * Size + DataAt));
        }

        return count;
    }

    public void Dispose() => _handle.Dispose();

    private static LoadException Problem(string call) => new($"{call}: {Marshal.GetLastPInvokeErrorMessage()}.");

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(SafeHandle epoll, int operation, SafeHandle socket, Span<byte> asked);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int WaitEvents(SafeHandle epoll, Span<byte> events, int most, int milliseconds);
}
