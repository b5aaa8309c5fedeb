using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using Ensemble.Storage.Sql;

namespace Ensemble.Storage.Postgres;

/// <summary>
/// Rows in the binary format of COPY, as PostgreSQL's manual has it under "COPY": a header, then for each row the number of its columns,
/// and each value behind its length; all in network order.
/// </summary>
internal sealed class PostgresRows : ISqlValues
{
    private const int Null = -1;
    private const int FlushAt = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(2 * FlushAt);
    private readonly short _columns;

    /// <param name="columns">Of each row.</param>
    public PostgresRows(int columns)
    {
        _columns = (short)columns;

        // Its signature, no flags, no extension.
        _buffer.Write<byte>([.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    /// <summary>Whether there is enough to be sent.</summary>
    public bool IsLong => _buffer.WrittenCount >= FlushAt;

    /// <summary>After what was written is sent.</summary>
    public void Clear() => _buffer.ResetWrittenCount();

    /// <summary>Before each row.</summary>
    public void Begin() => AddShort(_columns);

    /// <summary>After the last row.</summary>
    public void End() => AddShort(Null);

    public void Add<T>(T value)
    {
        if (typeof(T) == typeof(int))
        {
            AddNumber(Unsafe.As<T, int>(ref value));
        }
        else if (typeof(T) == typeof(long))
        {
            AddNumber(Unsafe.As<T, long>(ref value));
        }
        else if (typeof(T) == typeof(RunId))
        {
            Unsafe.As<T, RunId>(ref value).CopyTo(Next(RunId.Bytes));
        }
        else if (value is null)
        {
            AddLength(Null);
        }
        else if (typeof(T) == typeof(int?))
        {
            AddNumber(Unsafe.As<T, int?>(ref value).GetValueOrDefault());
        }
        else if (typeof(T) == typeof(long?))
        {
            AddNumber(Unsafe.As<T, long?>(ref value).GetValueOrDefault());
        }
        else if (typeof(T) == typeof(double?))
        {
            BinaryPrimitives.WriteDoubleBigEndian(Next(sizeof(double)), Unsafe.As<T, double?>(ref value).GetValueOrDefault());
        }
        else if (value is string text)
        {
            Encoding.UTF8.GetBytes(text, Next(Encoding.UTF8.GetByteCount(text)));
        }
        else if (value is byte[] bytes)
        {
            bytes.CopyTo(Next(bytes.Length));
        }
        else
        {
            throw new NotSupportedException($"No column has values of {typeof(T)}.");
        }
    }

    private void AddNumber(int value) => BinaryPrimitives.WriteInt32BigEndian(Next(sizeof(int)), value);

    private void AddNumber(long value) => BinaryPrimitives.WriteInt64BigEndian(Next(sizeof(long)), value);

    private void AddLength(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.GetSpan(sizeof(int)), length);
        _buffer.Advance(sizeof(int));
    }

    private void AddShort(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_buffer.GetSpan(sizeof(short)), value);
        _buffer.Advance(sizeof(short));
    }

    /// <returns>Where a value of this length goes.</returns>
    private Span<byte> Next(int length)
    {
        AddLength(length);
        var place = _buffer.GetSpan(length)[..length];
        _buffer.Advance(length);
        return place;
    }
}
