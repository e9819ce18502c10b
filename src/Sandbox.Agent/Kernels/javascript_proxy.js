'use strict';
// Lets fetch find the way out of the sandbox, as curl and others do by their environment: Node looks there only from version
// 24 on, and only where it is told to at its start. Loaded by the kernel, and by other programs through NODE_OPTIONS.

const net = require('net');
const tls = require('tls');

const DISPATCHER = Symbol.for('undici.globalDispatcher.1');
const MAX_HEAD = 16 * 1024;

const own = globalThis.fetch;
let installed = false;

function setting(name) {
  return process.env[name] || process.env[name.toUpperCase()] || '';
}

// The proxy for a host, or null where it is reached directly.
function proxyFor({ hostname, protocol }) {
  const proxy = setting(protocol === 'https:' ? 'https_proxy' : 'http_proxy');
  const direct = setting('no_proxy').split(',').map((name) => name.trim());
  const bare = hostname.replace(/^\[|\]$/g, '');
  const without = direct.some((name) => name === '*' || name === bare || (name !== '' && bare.endsWith(`.${name.replace(/^\*?\./, '')}`)));
  return proxy && !without ? new URL(proxy) : null;
}

// Reads the answer to CONNECT, and nothing behind it.
function readHead(socket, done) {
  let head = Buffer.alloc(0);
  const finish = (error) => {
    socket.removeListener('readable', read).removeListener('end', ended).removeListener('error', finish);
    done(error, head.toString('latin1'));
  };
  const ended = () => finish(new Error('The proxy ended the connection.'));
  function read() {
    for (let chunk; (chunk = socket.read()) !== null;) {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end >= 0) {
        if (head.length > end + 4) socket.unshift(head.subarray(end + 4));
        head = head.subarray(0, end);
        return finish(null);
      }
      if (head.length > MAX_HEAD) return finish(new Error('The answer of the proxy is too long.'));
    }
  }
  socket.on('readable', read).on('end', ended).on('error', finish);
}

function refusal(head) {
  const reason = /^x-sandbox-egress: *(.*)$/im.exec(head);
  return new Error(`The proxy refused the connection: ${reason ? reason[1] : head.split('\r\n')[0]}`);
}

function tunnel(proxy, options, done) {
  const port = options.port || (options.protocol === 'https:' ? 443 : 80);
  const target = `${options.hostname}:${port}`;
  const socket = net.connect({ host: proxy.hostname, port: proxy.port || 80 });
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  readHead(socket, (error, head) => {
    if (!error && !/^HTTP\/1\.[01] 200 /.test(head)) error = refusal(head);
    if (error) {
      socket.destroy();
      return done(error, null);
    }
    return done(null, socket);
  });
}

function secure(socket, options, done) {
  const servername = options.servername || (net.isIP(options.hostname) ? '' : options.hostname);
  const encrypted = tls.connect({ socket, servername, ALPNProtocols: ['http/1.1'] });
  encrypted.once('secureConnect', () => done(null, encrypted)).once('error', (error) => done(error, null));
}

function connect(options, done) {
  const once = (error, socket) => {
    const call = done;
    done = () => {};
    call(error, socket);
  };
  const proxy = proxyFor(options);
  const port = options.port || (options.protocol === 'https:' ? 443 : 80);
  const open = proxy
    ? (next) => tunnel(proxy, options, next)
    : (next) => {
        const socket = net.connect({ host: options.hostname, port });
        socket.once('connect', () => next(null, socket)).once('error', (error) => next(error, null));
      };
  open((error, socket) => (error || options.protocol !== 'https:' ? once(error, socket) : secure(socket, options, once)));
}

// The dispatcher's class is found by the one that fetch makes for itself, and only when it is first used: that costs memory.
function install() {
  installed = true;
  void globalThis.FormData;
  const Dispatcher = globalThis[DISPATCHER] && globalThis[DISPATCHER].constructor;
  if (Dispatcher) globalThis[DISPATCHER] = new Dispatcher({ connect });
}

if (own) {
  globalThis.fetch = function fetch(...args) {
    if (!installed && (setting('https_proxy') || setting('http_proxy'))) install();
    return own.apply(globalThis, args);
  };
}
