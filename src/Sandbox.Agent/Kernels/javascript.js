// JavaScript kernel: one Node process, started ahead of need, that runs one program as if it were a script of its own, or
// becomes a session (javascript_session.js) that runs step after step.
//
// Descriptor 3 is a stream to the agent.
//   to the agent:    {"type":"ready"}                  a line, once code is waited for
//                    {"type":"result","value":JSON}    a line, where the last expression has a value
//   from the agent:  kind NUL length NUL, and then that many bytes: of a job
//                    cwd NUL argc NUL (argument NUL)* envc NUL (NAME=VALUE NUL)* length NUL code
'use strict';

const fs = require('fs');
const path = require('path');
const util = require('util');
const vm = require('vm');
const Module = require('module');
const { pathToFileURL } = require('url');

const LINK = 3;
const MAX_RESULT = 256 * 1024;
const MODULE_SYNTAX = /Cannot use import statement|Unexpected token 'export'|import\.meta/;

// Puts what comes together to requests.
class RequestReader {
  chunks = [];
  length = 0;
  needed = 0;

  add(chunk) {
    this.chunks.push(chunk);
    this.length += chunk.length;
  }

  // The next request, or undefined where not all of it has come.
  take() {
    if (this.length === 0 || this.length < this.needed) return undefined;
    const data = Buffer.concat(this.chunks);
    this.chunks = [data];
    const end = data.indexOf(0, data.indexOf(0) + 1);
    if (data.indexOf(0) < 0 || end < 0) return undefined;
    const [kind, length] = data.toString('latin1', 0, end).split('\0');
    this.needed = end + 1 + Number(length);
    if (this.length < this.needed) return undefined;
    const rest = data.subarray(this.needed);
    const request = { kind, ...wordsOf(data.subarray(end + 1, this.needed)) };
    Object.assign(this, { chunks: [rest], length: rest.length, needed: 0 });
    return request;
  }
}

function receive(reader) {
  for (let request; ; ) {
    if ((request = reader.take())) return request;
    const buffer = Buffer.allocUnsafe(1 << 16);
    const length = fs.readSync(LINK, buffer, 0, buffer.length, null);
    if (length === 0) process.exit(1);
    reader.add(buffer.subarray(0, length));
  }
}

function wordsOf(data) {
  let position = 0;
  const bytes = (length) => data.subarray(position, (position += length));
  const word = () => {
    const value = bytes(data.indexOf(0, position) - position).toString('utf8');
    position++;
    return value;
  };
  const words = () => Array.from({ length: Number(word()) }, word);
  return { word, words, bytes };
}

function readJob({ word, words, bytes }) {
  return { cwd: word(), argv: words(), env: words(), code: bytes(Number(word())).toString('utf8') };
}

function closeLink() {
  try {
    fs.closeSync(LINK);
  } catch {
    // The program has closed it already.
  }
}

function isPlain(value) {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null || typeof value.toJSON === 'function';
}

// The value as JSON, or undefined where it is no plain data.
function toJson(value) {
  try {
    return isPlain(value) ? JSON.stringify(value) : undefined;
  } catch {
    // A cycle, a BigInt inside, or a toJSON that throws.
    return undefined;
  }
}

function sendResult(value) {
  try {
    const encoded = value === undefined || value === null ? undefined : toJson(value) ?? JSON.stringify(util.inspect(value));
    if (encoded === undefined || Buffer.byteLength(encoded) > MAX_RESULT) return;
    const line = Buffer.from(`{"type":"result","value":${encoded}}\n`);
    for (let sent = 0; sent < line.length; ) sent += fs.writeSync(LINK, line, sent);
  } catch {
    // A result is an extra: that it cannot be shown or sent is no failure of the program.
  }
}

// An error that the program did not catch, shown as Node would show it but without the frames of this file.
function fail(error) {
  closeLink();
  if (process.listenerCount('uncaughtException') > 0) {
    setImmediate(() => {
      throw error;
    });
    return;
  }
  fs.writeSync(2, `${describe(error)}\n\nNode.js ${process.version}\n`);
  process.exit(1);
}

function describe(error) {
  if (!util.types.isNativeError(error) || typeof error.stack !== 'string') return `Uncaught ${util.inspect(error)}`;
  const lines = error.stack.split('\n');
  const own = lines.findIndex((line) => line.includes(__filename) || line.includes('(node:vm:'));
  if (own >= 0) error.stack = lines.slice(0, own).join('\n');
  return Object.keys(error).length > 0 ? util.inspect(error) : error.stack;
}

// Lets require find the module for the shared memory of a workflow, by the NODE_PATH that comes with the first step.
function findMemory() {
  if (process.env.SANDBOX_MEMORY_URL) Module._initPaths();
}

// The names that a script of Node's has, made global as `node -e` does.
function prepare({ cwd, argv, env }) {
  for (const variable of env) {
    const equals = variable.indexOf('=');
    process.env[variable.slice(0, equals)] = variable.slice(equals + 1);
  }
  findMemory();
  process.chdir(cwd);
  const file = path.join(cwd, 'main.js');
  process.argv = [process.execPath, file, ...argv];
  const main = new Module(file, null);
  main.filename = file;
  main.paths = Module._nodeModulePaths(cwd);
  const require = Module.createRequire(file);
  require.main = main;
  process.mainModule = main;
  Object.assign(globalThis, { require, module: main, exports: main.exports, __filename: file, __dirname: cwd });
  return file;
}

// Newer versions resolve import() by the script's name themselves; the older ones take a function for it.
function options(file) {
  const byName = vm.constants && vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  return { filename: file, importModuleDynamically: byName || importFrom(path.dirname(file)) };
}

function importFrom(folder) {
  return (specifier) => {
    if (/^\.{0,2}\//.test(specifier)) return import(pathToFileURL(path.resolve(folder, specifier)).href);
    try {
      const found = globalThis.require.resolve(specifier);
      return import(path.isAbsolute(found) ? pathToFileURL(found).href : specifier);
    } catch {
      return import(specifier);
    }
  };
}

// Modules can only be loaded from a file; it is there as long as the program runs.
function runModule(code, cwd) {
  closeLink();
  for (const name of ['require', 'module', 'exports', '__filename', '__dirname']) delete globalThis[name];
  const file = ['main.mjs', `.main-${process.pid}.mjs`].map((name) => path.join(cwd, name)).find((name) => !fs.existsSync(name));
  fs.writeFileSync(file, code, { flag: 'wx' });
  process.once('exit', () => fs.rmSync(file, { force: true }));
  process.argv[1] = file;
  import(pathToFileURL(file).href).catch(fail);
}

function compile(code, file) {
  try {
    return { script: new vm.Script(code, options(file)) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (MODULE_SYNTAX.test(error.message)) return { module: true };
    try {
      // What may only stand in a function: await, return.
      return { script: new vm.Script(`(async () => {${code}\n})()`, options(file)), wrapped: true };
    } catch {
      return { error };
    }
  }
}

// Loads what the template asks for while nobody waits. It stays in the cache; the program gets no name of it.
function loadAhead(modules) {
  const require = Module.createRequire(path.join(process.cwd(), 'main.js'));
  for (const name of modules.split(',')) {
    try {
      require(name);
    } catch (error) {
      fs.writeSync(2, `Loading ${name} failed: ${String(error && error.message).split('\n')[0]}`.slice(0, 500));
      process.exit(1);
    }
  }
}

function main() {
  const modules = process.env.SANDBOX_PRELOAD;
  delete process.env.SANDBOX_PRELOAD;
  require('./javascript_proxy.js');
  if (modules) loadAhead(modules);
  fs.writeSync(LINK, '{"type":"ready"}\n');
  const reader = new RequestReader();
  const received = receive(reader);
  if (received.kind === 'step') require('./javascript_session.js').serve({ prepare, toJson, importFrom }, reader, received);
  else runJob(readJob(received));
}

function runJob(request) {
  const file = prepare(request);
  const compiled = compile(request.code, file);
  if (compiled.module) return runModule(request.code, request.cwd);
  if (compiled.error) return fail(compiled.error);
  let value;
  try {
    value = compiled.script.runInThisContext({ displayErrors: true });
  } catch (error) {
    return fail(error);
  }
  if (compiled.wrapped) value.catch(fail);
  else sendResult(value);
  closeLink();
}

main();
