namespace Sandbox.EndToEnd.Tests.Services;

/// <summary>Servers that run in sandboxes.</summary>
internal static class Programs
{
    /// <summary>Says what it was asked, counts bodies, streams, and sets cookies.</summary>
    public const string Python = """
        import json, os, sys, time
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
        asked = seen = 0
        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            def body(self):
                global seen
                count = 0
                if self.headers.get('Transfer-Encoding') == 'chunked':
                    while size := int(self.rfile.readline().split(b';')[0], 16):
                        while size:
                            piece = self.rfile.read1(min(size, 1 << 20))
                            count += len(piece); size -= len(piece); seen += len(piece)
                        self.rfile.readline()
                    self.rfile.readline()
                elif (length := int(self.headers.get('Content-Length', 0))):
                    while count < length:
                        count += len(self.rfile.read(min(length - count, 1 << 20)))
                return count
            def answer(self):
                global asked
                asked += 1
                count = self.body()
                if self.path.startswith('/events'):
                    self.send_response(200)
                    self.send_header('Content-Type', 'text/event-stream')
                    self.send_header('Connection', 'close')
                    self.end_headers()
                    for i in range(3):
                        self.wfile.write(f'data: {i}\n\n'.encode()); self.wfile.flush()
                        if i < 2: time.sleep(0.05)
                    self.wfile.write(b'data: waiting\n\n'); self.wfile.flush()
                    time.sleep(600 if self.path == '/events?open' else 0)
                    self.close_connection = True
                    return
                if self.path == '/stall':
                    time.sleep(600)
                text = json.dumps({'method': self.command, 'path': self.path, 'bytes': count, 'asked': asked, 'seen': seen, 'pid': os.getpid(),
                                   'headers': [[k, v] for k, v in self.headers.items()]}).encode()
                self.send_response(404 if self.path == '/missing' else 302 if self.path == '/move' else 200)
                if self.path == '/cookies':
                    self.send_header('Set-Cookie', 'a=1; Domain=example.com; Path=/deep; HttpOnly')
                    self.send_header('Set-Cookie', 'sandbox_token=mine; Path=/')
                    self.send_header('X-Text', b'\xc3\xa9 \xff'.decode('latin-1'))
                    self.send_header('Strict-Transport-Security', 'max-age=1')
                    self.send_header('X-Hop', 'secret')
                    self.send_header('Connection', 'X-Hop')
                if self.path == '/move':
                    self.send_header('Location', '/elsewhere?x=1')
                self.send_header('Content-Length', '0' if self.path == '/missing' else str(len(text)))
                self.end_headers()
                if self.command != 'HEAD' and self.path != '/missing':
                    self.wfile.write(text)
            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = do_REPORT = answer
            def log_message(self, *args): pass
        print('listening', flush=True)
        ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
        """;

    /// <summary>Echoes WebSocket messages, of less than 64 KiB each.</summary>
    public const string Node = """
        const http = require('http'), crypto = require('crypto');
        const server = http.createServer((q, a) => { q.pipe(a); });
        server.on('upgrade', (q, socket) => {
          const accept = crypto.createHash('sha1').update(q.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
          socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ' + accept + '\r\n\r\n');
          let rest = Buffer.alloc(0);
          socket.on('error', () => {});
          socket.on('data', data => {
            rest = Buffer.concat([rest, data]);
            for (;;) {
              if (rest.length < 2) return;
              let length = rest[1] & 127, at = 2;
              if (length === 126) { if (rest.length < 4) return; length = rest.readUInt16BE(2); at = 4; }
              if (rest.length < at + 4 + length) return;
              const mask = rest.subarray(at, at + 4), body = Buffer.from(rest.subarray(at + 4, at + 4 + length));
              for (let i = 0; i < body.length; i++) body[i] ^= mask[i & 3];
              const head = length < 126 ? Buffer.from([rest[0], length]) : Buffer.from([rest[0], 126, length >> 8, length & 255]);
              socket.write(Buffer.concat([head, body]));
              if ((rest[0] & 15) === 8) socket.end();
              rest = rest.subarray(at + 4 + length);
            }
          });
        });
        server.listen(process.env.PORT);
        """;

    /// <summary>Answers with what is no good answer, as its path says.</summary>
    public const string Hostile = """
        import os, socket, threading
        def serve(connection):
            with connection:
                head = b''
                while b'\r\n\r\n' not in head:
                    part = connection.recv(65536)
                    if not part: return
                    head += part
                path = head.split(b' ')[1].decode()
                ok = b'HTTP/1.1 200 OK\r\n'
                try:
                    if path == '/fine': connection.sendall(ok + b'Content-Length: 4\r\n\r\nfine')
                    elif path == '/endless':
                        connection.sendall(ok)
                        while True: connection.sendall(b'X-More: ' + b'x' * 1000 + b'\r\n')
                    elif path == '/large': connection.sendall(ok + b'X-Large: ' + b'x' * 100_000_000 + b'\r\n\r\n')
                    elif path == '/status': connection.sendall(b'HTTP/9.9 banana split\r\n\r\n')
                    elif path == '/odd': connection.sendall(b'HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n')
                    elif path == '/zero': connection.sendall(b'HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n')
                    elif path == '/binary': connection.sendall(ok + b'X-Bin: \xff\xfe\x01\x02\r\nContent-Length: 0\r\n\r\n')
                    elif path == '/both': connection.sendall(ok + b'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n')
                    elif path == '/short': connection.sendall(ok + b'Content-Length: 100\r\n\r\nshort')
                    elif path == '/chunks': connection.sendall(ok + b'Transfer-Encoding: chunked\r\n\r\nzz\r\n')
                    elif path == '/upgrade': connection.sendall(b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nrest')
                    elif path == '/close': pass
                    elif path == '/noise': connection.sendall(os.urandom(4096))
                except OSError: pass
        server = socket.create_server(('127.0.0.1', int(os.environ['PORT'])))
        while True:
            threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
        """;

    public static object Code(string language, string code, int port = 8000, object? health = null) => new { language, code, port, health };
}
