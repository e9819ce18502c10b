// What a JavaScript kernel becomes by its first step: a Node process that keeps its state from step to step, as a REPL does.
//
// Beside what javascript.js says, descriptor 3 carries
//   to the agent:    {"type":"result","data":{MIME type: content}}              the value of the last expression
//                    {"type":"error","name":…,"value":…,"traceback":[line]}     how a step failed
//                    {"type":"done","step":id,"exitCode":number}                it is over, and its output is written
//   from the agent:  step: id NUL cwd NUL envc NUL (NAME=VALUE NUL)* length NUL length NUL code standard-input
'use strict';

// An interrupt that comes too early or too late means nothing; it must not end the process.
process.on('SIGINT', () => {});

const fs = require('fs');
const net = require('net');
const { Writable } = require('stream');
const util = require('util');
const { Evaluator, INTERRUPTED } = require('./javascript_evaluator.js');

const LINK = 3;
const MAX_MESSAGE = 8 << 20;
const TOO_LARGE = '{"type":"display","data":{"text/plain":"(output too large)"}}';
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

class StepKernel {
  number = 0;

  constructor(kernel) {
    this.kernel = kernel;
    this.evaluator = new Evaluator((module) => kernel.importFrom(process.cwd())(module));
    // Synchronous, so that all of a step's output is written when it is over, also when it ends the process.
    for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);
    Object.defineProperty(process, 'stdin', { configurable: true, get: () => (this.stdin ??= new fs.ReadStream(null, { fd: 0, autoClose: false })) });
    process.on('uncaughtException', (error) => {
      if (process.listenerCount('uncaughtException') === 1) process.stderr.write(`Uncaught ${describe(error)}\n`);
    });
  }

  async step({ word, words, bytes }) {
    const id = word();
    const cwd = word();
    const before = setEnvironment(words());
    const [codeLength, inputLength] = [Number(word()), Number(word())];
    const code = bytes(codeLength).toString('utf8');
    // An interrupt of the step before that is still on its way is heard now, and not in this one.
    await new Promise(setImmediate);
    const refusal = this.giveInput(bytes(inputLength));
    if (cwd) this.kernel.prepare({ cwd, argv: [], env: [] });
    this.number++;
    const exitCode = refusal ? this.fail(refusal, `${refusal.name}: ${refusal.value}`, 1) : await this.run(code, `step-${this.number}.js`);
    await flush();
    restoreEnvironment(before);
    send(`{"type":"done","step":"${id}","exitCode":${exitCode}}`);
  }

  async run(code, name) {
    const outcome = await this.evaluator.evaluate(code, name);
    // Of a child that was waited for, the interrupt may be heard before it is heard here.
    if (outcome === INTERRUPTED || outcome.error?.signal === 'SIGINT') return this.interrupted();
    if ('error' in outcome) return this.failWith(outcome, code, name);
    if (outcome.value === undefined) return 0;
    try {
      if (this.evaluator.interruptible(() => this.show(outcome.value)) !== INTERRUPTED) return 0;
      return this.interrupted();
    } catch (error) {
      return this.failWith({ error }, code, name);
    }
  }

  interrupted() {
    // Node may keep a signal that it has heard as a script ended, and take it for one of the next script: let this be one of ours.
    for (let left = 5; left > 0 && this.evaluator.interruptible(() => Atomics.wait(PAUSE, 0, 0, 5)) !== INTERRUPTED; left--);
    return this.fail({ name: 'Interrupted', value: '' }, 'Interrupted', 130);
  }

  show(value) {
    const data = { 'text/plain': util.inspect(value) };
    const json = this.kernel.toJson(value);
    if (json === undefined) send(JSON.stringify({ type: 'result', data }));
    else send(`{"type":"result","data":{"text/plain":${JSON.stringify(data['text/plain'])},"application/json":${json}}}`);
  }

  failWith({ error, details }, code, name) {
    const native = util.types.isNativeError(error);
    const place = native && error.name === 'SyntaxError' && details ? placeOf(details, code, name) : '';
    const text = place + (native ? '' : 'Uncaught ') + describe(error);
    return this.fail({ name: native ? error.name : 'Error', value: native ? error.message : util.inspect(error) }, text, 1);
  }

  fail({ name, value }, text, exitCode) {
    process.stderr.write(`${text}\n`);
    send(JSON.stringify({ type: 'error', name: String(name), value: String(value), traceback: text.split('\n') }));
    return exitCode;
  }

  // Descriptor 0 is the lowest: what is opened after it was closed takes its place. Answers with why the step cannot be run.
  giveInput(data) {
    this.stdin = undefined;
    let file = '/dev/null';
    let refusal;
    if (data.length > 0) {
      file = `/tmp/.step-${process.pid}-${this.number}`;
      try {
        fs.writeFileSync(file, data, { flag: 'wx', mode: 0o600 });
      } catch (error) {
        refusal = { name: 'Error', value: `No file can be made in /tmp for the standard input of this step: ${error.code}` };
        fs.rmSync(file, { force: true, recursive: true });
        [file, data] = ['/dev/null', ''];
      }
    }
    try {
      fs.closeSync(0);
    } catch {
      // A step has closed it.
    }
    fs.openSync(file, 'r');
    if (data.length > 0) fs.unlinkSync(file);
    return refusal;
  }
}

function describe(error) {
  if (!util.types.isNativeError(error) || typeof error.stack !== 'string') return util.inspect(error);
  const lines = error.stack.split('\n');
  const own = lines.findIndex((line) => line.includes('(node:inspector'));
  if (own >= 0) error.stack = lines.slice(0, own).join('\n');
  return Object.keys(error).length > 0 ? util.inspect(error) : error.stack;
}

// Where code could not be understood, as Node shows it.
function placeOf({ lineNumber, columnNumber }, code, name) {
  const line = code.split('\n')[lineNumber];
  return line === undefined ? '' : `${name}:${lineNumber + 1}\n${line}\n${' '.repeat(Math.max(0, columnNumber))}^\n\n`;
}

function setEnvironment(variables) {
  const before = new Map();
  for (const variable of variables) {
    const equals = variable.indexOf('=');
    const name = variable.slice(0, equals);
    if (!before.has(name)) before.set(name, process.env[name]);
    process.env[name] = variable.slice(equals + 1);
  }
  return before;
}

function restoreEnvironment(before) {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

// Not the streams' own methods, which a step may have replaced.
function flush() {
  const flushed = (stream) => new Promise((resolve) => Writable.prototype.write.call(stream, '', resolve));
  return Promise.all([process.stdout, process.stderr].filter((stream) => stream.writable).map(flushed));
}

function send(message) {
  const line = Buffer.from(`${message.length > MAX_MESSAGE ? TOO_LARGE : message}\n`);
  for (let sent = 0; sent < line.length; ) {
    try {
      sent += fs.writeSync(LINK, line, sent);
    } catch (error) {
      // Reading has made the descriptor one that does not wait.
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(PAUSE, 0, 0, 1);
    }
  }
}

// What comes from the agent, request by request.
class Link {
  constructor(reader) {
    this.reader = reader;
    const socket = new net.Socket({ fd: LINK, readable: true, writable: false });
    socket.on('data', (chunk) => {
      reader.add(chunk);
      this.onData?.();
    });
    // The agent is gone.
    socket.on('close', () => process.exit(1)).on('error', () => {});
  }

  async receive() {
    for (let request; ; ) {
      if ((request = this.reader.take())) return request;
      await new Promise((resolve) => (this.onData = resolve));
    }
  }
}

exports.serve = async (kernel, reader, request) => {
  const session = new StepKernel(kernel);
  const link = new Link(reader);
  for (;;) {
    await session.step(request);
    request = await link.receive();
  }
};
