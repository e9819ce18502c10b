namespace Sandbox.Bench.Server;

/// <summary>The program that the proxy is measured with: a server that costs as little as one in a sandbox can.</summary>
internal static class ServedProgram
{
    /// <summary>Port at which it answers.</summary>
    public const int Port = 8000;

    /// <summary>A short answer at <c>/</c>, and at <c>/stream?N</c> N bytes.</summary>
    public const string JavaScript = """
        const piece = Buffer.alloc(1 << 20, 120);
        require('http').createServer((request, answer) => {
          if (!request.url.startsWith('/stream?')) { answer.end('hello'); return; }
          let left = Number(request.url.slice(8));
          answer.setHeader('Content-Length', left);
          const more = () => {
            while (left > 0) {
              const part = left < piece.length ? piece.subarray(0, left) : piece;
              left -= part.length;
              if (!answer.write(part)) { answer.once('drain', more); return; }
            }
            answer.end();
          };
          more();
        }).listen(Number(process.env.PORT), '127.0.0.1');
        """;
}
