using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RealtimeGateway.Load.Sockets;

/// <summary>One epoll set, driven by the thread that calls <see cref="Wait"/>. Nothing here is thread-safe, and nothing needs to be.</summary>
internal sealed unsafe class EventLoop : IDisposable
{
    /// <summary>Few enough that an open loop looks at its schedule often.</summary>
    private const int BatchSize = 128;

    // struct epoll_event is packed on x86-64 only (epoll_ctl(2), <sys/epoll.h>).
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int TokenOffset = EventSize - sizeof(ulong);

    private readonly int _epoll;
    private readonly byte* _events;
    private readonly List<Slot> _slots = [];
    private readonly Stack<int> _free = [];
    private bool _hasNanoseconds = true;

    public EventLoop()
    {
        _epoll = Libc.EpollCreate(Libc.SocketCloseOnExec);
        if (_epoll < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        _events = (byte*)NativeMemory.AllocZeroed((nuint)(BatchSize * EventSize));
    }

    /// <summary>Where every peer receives into; what is not consumed at once the peer copies away.</summary>
    public byte[] ReceiveBuffer { get; } = GC.AllocateArray<byte>(64 * 1024, pinned: true);

    /// <summary>Adds a peer's descriptor; the returned slot names it in <see cref="Watch"/> and <see cref="Remove"/>.</summary>
    public int Add(int fd, Peer peer, bool writable)
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _slots.Count;
            _slots.Add(default);
        }

        _slots[slot] = new Slot(peer, _slots[slot].Generation + 1);
        Control(Libc.EpollAdd, fd, slot, writable);
        return slot;
    }

    /// <summary>Changes whether the peer hears of room to write. It always hears of bytes to read.</summary>
    public void Watch(int fd, int slot, bool writable) => Control(Libc.EpollModify, fd, slot, writable);

    /// <summary>Forgets the descriptor; events of it that are already in hand are dropped.</summary>
    public void Remove(int fd, int slot)
    {
        Libc.EpollControl(_epoll, Libc.EpollDelete, fd, _events);
        _slots[slot] = new Slot(null, _slots[slot].Generation);
        _free.Push(slot);
    }

    /// <summary>Waits until a descriptor is ready or the timestamp has come, and lets the ready peers act.</summary>
    /// <param name="until">A <see cref="Stopwatch"/> timestamp; in the past means: look, but do not wait.</param>
    public void Wait(long until)
    {
        var count = Poll(until);
        if (count < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Libc.ErrorInterrupted)
            {
                throw new Win32Exception(error);
            }

            return;
        }

        for (var i = 0; i < count; i++)
        {
            var entry = _events + (i * EventSize);
            var token = *(ulong*)(entry + TokenOffset);
            var slot = _slots[(int)(uint)token];
            // A slot may have been given away by an earlier event of this batch.
            if (slot.Generation == (uint)(token >> 32))
            {
                slot.Peer?.Ready(*(uint*)entry);
            }
        }
    }

    public void Dispose()
    {
        Libc.Close(_epoll);
        NativeMemory.Free(_events);
    }

    private int Poll(long until)
    {
        var nanoseconds = Math.Max(0, (long)Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), until).TotalNanoseconds);
        if (_hasNanoseconds)
        {
            var timeout = new Libc.TimeSpec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
            var count = Libc.EpollWait2(_epoll, _events, BatchSize, &timeout, null);
            if (count >= 0 || Marshal.GetLastPInvokeError() != Libc.ErrorNotImplemented)
            {
                return count;
            }

            _hasNanoseconds = false;
        }

        return Libc.EpollWait(_epoll, _events, BatchSize, (int)Math.Min(int.MaxValue, nanoseconds / 1_000_000));
    }

    private void Control(int operation, int fd, int slot, bool writable)
    {
        var entry = stackalloc byte[EventSize];
        *(uint*)entry = Libc.EpollIn | (writable ? Libc.EpollOut : 0);
        *(ulong*)(entry + TokenOffset) = ((ulong)_slots[slot].Generation << 32) | (uint)slot;
        if (Libc.EpollControl(_epoll, operation, fd, entry) < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    private readonly record struct Slot(Peer? Peer, uint Generation);
}
