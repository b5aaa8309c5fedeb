using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ensemble.Load.Traffic;

/// <summary>
/// One connection that asks one request at a time: its bytes are built once, of its answers no more is read than has to be checked.
/// </summary>
internal sealed class RawCaller : IDisposable
{
    private readonly Uri _gateway;
    private readonly bool _isStreamed;
    private readonly byte[] _request;
    private readonly Memory<byte> _body;
    private readonly byte[] _answer = new byte[64 * 1024];
    private Socket? _socket;
    private AnswerHead _head;
    private bool _hasHead;
    private int _length;
    private int _run;
    private long _start;
    private long _firstContent;

    public RawCaller(Uri gateway, IReadOnlyDictionary<string, string> headers, LoadShape shape)
    {
        (_gateway, _isStreamed) = (gateway, shape.Streamed);
        var body = Caller.Body(shape.Alias, shape.Streamed);
        var more = string.Concat(headers.Select(header => $"{header.Key}: {header.Value}\r\n"));
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST {Names.ChatPath} HTTP/1.1\r\nHost: {_gateway.Authority}\r\nAuthorization: Bearer {Names.CallerKey}\r\n"
            + $"Content-Type: application/json\r\n{more}Content-Length: {body.Length}\r\n\r\n");
        _request = [.. Encoding.ASCII.GetBytes(head), .. body];
        _body = _request.AsMemory(_request.Length - body.Length);
    }

    /// <returns>The new connection; null where there is one already.</returns>
    /// <exception cref="SocketException">There is nobody to take it.</exception>
    public Socket? Connect()
    {
        if (_socket is not null)
        {
            return null;
        }

        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(IPAddress.Parse(_gateway.Host), _gateway.Port);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return _socket = socket;
    }

    public void Ask(int run)
    {
        RunMark.Write(_body.Span, run);
        (_run, _length, _hasHead, _firstContent) = (run, 0, false, 0);
        _start = Stopwatch.GetTimestamp();

        // A connection that has broken is noticed where the answer is read.
        _socket!.Send(_request, SocketFlags.None, out _);
    }

    /// <summary>Reads what has come.</summary>
    /// <returns>The answer where it has ended.</returns>
    public Answer? Read()
    {
        var read = _socket!.Receive(_answer.AsSpan(_length), SocketFlags.None, out var problem);
        if (read == 0 || problem != SocketError.Success)
        {
            return Broken(problem == SocketError.Success
                ? "the connection was closed before the answer ended"
                : $"the connection broke: {problem}");
        }

        _length += read;
        var answer = _answer.AsSpan(0, _length);
        try
        {
            _hasHead = _hasHead || AnswerHead.TryRead(answer, out _head);
        }
        catch (LoadException unreadable)
        {
            return Broken(unreadable.Message);
        }

        if (!_hasHead)
        {
            return null;
        }

        var body = answer[_head.BodyAt..];
        if (_isStreamed && _firstContent == 0 && AnswerCheck.HasContent(body))
        {
            _firstContent = Stopwatch.GetTimestamp();
        }

        if (_head.IsWhole(answer))
        {
            var end = Stopwatch.GetTimestamp();
            var sample = new Sample(_run, _start, _isStreamed ? _firstContent : end, end);
            var fault = AnswerCheck.Fault(_head.Status, _head.IsDegraded, body, _isStreamed, _firstContent != 0);
            return new Answer(sample, _head.Status, fault);
        }

        return _length == _answer.Length ? Broken("an answer is longer than 64 KiB") : null;
    }

    public void Dispose() => _socket?.Dispose();

    private Answer Broken(string fault)
    {
        _socket!.Dispose();
        _socket = null;
        return new Answer(new Sample(_run, _start, 0, Stopwatch.GetTimestamp()), 0, fault);
    }
}
