'use strict';
// The shared memory of a workflow, for its steps: JSON values by key, which all steps of the workflow read and write.
//
//   const memory = require('sandbox_memory');
//   await memory.set('plan', { parts: 3 });
//   await memory.get('plan');                              // undefined, or a default, where there is none
//   await memory.update('done', (n) => n + 1, 0);          // nothing is lost, however many steps do so at a time
//   await memory.keys(); await memory.delete('plan');
//
// read() and the argument `version` are what update() is made of: set() with the version that was read throws Changed where
// somebody else was faster; version 0 writes only where there is no value yet.

const http = require('http');

const TIMEOUT = 60_000;
const TRIES = 1000;

class MemoryFault extends Error {
  constructor(status, code, detail) {
    super(detail);
    Object.assign(this, { name: new.target.name, status, code });
  }
}

class Changed extends MemoryFault {}

function request(method, path, { body = '', version } = {}) {
  const url = process.env.SANDBOX_MEMORY_URL;
  if (!url) return Promise.reject(new MemoryFault(0, 'no_memory', 'This program is no step of a workflow.'));
  const headers = { 'Content-Length': Buffer.byteLength(body) };
  if (version !== undefined) Object.assign(headers, version ? { 'If-Match': `"${version}"` } : { 'If-None-Match': '*' });
  return new Promise((resolve, reject) => {
    // Another agent for each: the program is over when it is, whatever connection is still kept.
    const sent = http.request(url + path, { method, headers, agent: false, timeout: TIMEOUT }, (answer) => {
      const chunks = [];
      answer.on('error', reject).on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve({
        status: answer.statusCode,
        version: Number((answer.headers.etag ?? '"0"').replaceAll('"', '')),
        text: Buffer.concat(chunks).toString('utf8'),
      }));
    });
    sent.on('error', reject).on('timeout', () => sent.destroy(new MemoryFault(0, 'no_answer', 'The memory did not answer.')));
    sent.end(body);
  });
}

async function call(method, path, options) {
  const answer = await request(method, path, options);
  if (answer.status < 300 || answer.status === 404) return answer;
  let problem = {};
  try {
    problem = JSON.parse(answer.text);
  } catch {
    // The status says enough.
  }
  const Fault = answer.status === 412 ? Changed : MemoryFault;
  throw new Fault(answer.status, problem.code, problem.detail ?? `The memory answered ${answer.status}.`);
}

// The value of a key and its version, which is 0 where there is none.
async function read(key, otherwise) {
  const { status, version, text } = await call('GET', `/${key}`);
  return status === 404 ? { value: otherwise, version: 0 } : { value: JSON.parse(text), version };
}

const get = async (key, otherwise) => (await read(key, otherwise)).value;

// Writes a value and answers with its version. With a version, only where the key still has that one.
async function set(key, value, version) {
  const body = JSON.stringify(value);
  if (body === undefined) throw new TypeError('The value is nothing that JSON knows.');
  const answer = await call('PUT', `/${key}`, { body, version });
  if (answer.status === 404) throw new MemoryFault(404, 'not_found', 'The workflow is gone.');
  return answer.version;
}

// Replaces a value by what `change` makes of it, again and again until nobody came in between; answers with the new one.
async function update(key, change, otherwise) {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const { value, version } = await read(key, otherwise);
    const next = await change(value);
    try {
      await set(key, next, version);
      return next;
    } catch (error) {
      if (!(error instanceof Changed)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(200, 2 * 2 ** Math.min(attempt, 7))));
  }
  throw new MemoryFault(412, 'memory_changed', `${key} was changed by others ${TRIES} times in a row.`);
}

// Removes a key; false where there is none.
const remove = async (key, version) => (await call('DELETE', `/${key}`, { version })).status !== 404;

// The names of all keys.
async function keys() {
  const names = [];
  for (let after = ''; after !== undefined;) {
    const page = JSON.parse((await call('GET', `?after=${after}`)).text);
    names.push(...(page.items ?? []).map(({ key }) => key));
    after = page.next;
  }
  return names;
}

module.exports = { get, read, set, update, delete: remove, keys, MemoryFault, Changed };
