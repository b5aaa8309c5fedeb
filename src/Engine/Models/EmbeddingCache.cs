using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Ensemble.Catalog;

namespace Ensemble.Models;

/// <summary>
/// Vectors of texts that were asked for before. The least recently used ones go first. A model that is configured again, with another
/// address, name or <c>params.set</c>, finds none of its earlier ones. Thread-safe.
/// </summary>
/// <param name="maxBytes">What all vectors together may take, in bytes. Default 32 MiB.</param>
public sealed class EmbeddingCache(long maxBytes = EmbeddingCache.DefaultMaxBytes)
{
    public const long DefaultMaxBytes = 32 * 1024 * 1024;

    /// <summary>Beside its numbers: key, list node, place in the table.</summary>
    private const int EntryBytes = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;

    /// <summary>Of a model and a text, so that neither is held here.</summary>
    private readonly record struct Key(UInt128 High, UInt128 Low);

    private sealed record Entry(Key Key, float[] Vector)
    {
        public long Bytes => EntryBytes + ((long)Vector.Length * sizeof(float));
    }

    /// <summary>What is held, in bytes.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <param name="vector">Shared: not to be changed.</param>
    public bool TryGet(ModelConfig model, string text, [NotNullWhen(true)] out float[]? vector)
    {
        var key = KeyOf(model, text);
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                vector = null;
                return false;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            vector = node.Value.Vector;
            return true;
        }
    }

    /// <summary>Keeps a vector, unless it alone is over the limit.</summary>
    /// <param name="vector">Not to be changed any more.</param>
    public void Add(ModelConfig model, string text, float[] vector)
    {
        var entry = new Entry(KeyOf(model, text), vector);
        if (entry.Bytes > maxBytes)
        {
            return;
        }

        lock (_lock)
        {
            if (_entries.TryGetValue(entry.Key, out var known))
            {
                Remove(known);
            }

            _entries.Add(entry.Key, _byUse.AddFirst(entry));
            _bytes += entry.Bytes;
            while (_bytes > maxBytes)
            {
                Remove(_byUse.Last!);
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Key);
        _byUse.Remove(node);
        _bytes -= node.Value.Bytes;
    }

    private static Key KeyOf(ModelConfig model, string text)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, model.DisplayName);
        Append(hash, model.BaseUrl?.AbsoluteUri ?? "");
        Append(hash, model.ApiVersion ?? "");
        Append(hash, model.Model);
        foreach (var (name, value) in model.Params.Set.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            Append(hash, name);
            Append(hash, Encoding.UTF8.GetString(value.Span));
        }

        Append(hash, text);
        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(sum);
        return new Key(BinaryPrimitives.ReadUInt128LittleEndian(sum), BinaryPrimitives.ReadUInt128LittleEndian(sum[16..]));
    }

    // With its length before it, so that no two ways to cut a text are one.
    private static void Append(IncrementalHash hash, string text)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        hash.AppendData(length);
        hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
    }
}
