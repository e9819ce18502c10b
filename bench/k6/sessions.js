// Sessions: opened with a first result, steps on a live one, files in and out, many at once, and idle ones.
//   BASE_URL=http://127.0.0.1:8080 API_KEY=$(cat .sandbox/operator.key) k6 run bench/k6/sessions.js
// DURATION (default 1m) and SESSIONS (at once, default 20) suit it to the machine.
import { check } from 'k6';
import crypto from 'k6/crypto';
import exec from 'k6/execution';
import { Trend } from 'k6/metrics';
import { del, get, hasStatus, json, post, put } from './sandbox.js';

const DURATION = __ENV.DURATION || '1m';
const SESSIONS = Number(__ENV.SESSIONS || 20);
const FILE_BYTES = 1 << 20;

const firstResult = new Trend('session_first_result', true);
const step = new Trend('session_step', true);

export const options = {
  scenarios: {
    open: { executor: 'constant-vus', exec: 'fromNothing', vus: 1, duration: DURATION },
    steps: { executor: 'constant-vus', exec: 'steps', vus: 2, duration: DURATION, startTime: `${seconds(DURATION) + 5}s` },
    files: { executor: 'constant-vus', exec: 'files', vus: 2, duration: DURATION, startTime: `${2 * seconds(DURATION) + 10}s` },
    at_once: { executor: 'per-vu-iterations', exec: 'fromNothing', vus: SESSIONS, iterations: 1, maxDuration: '2m', startTime: `${3 * seconds(DURATION) + 15}s` },
  },
  thresholds: {
    checks: ['rate>0.999'],
    http_req_failed: ['rate<0.01'],
    'session_first_result{scenario:open}': ['p(50)<100', 'p(99)<500'],
    'session_step{scenario:steps}': ['p(50)<20', 'p(99)<200'],
  },
};

// A session from nothing to its first result, and its end, after which it says that it is gone.
export function fromNothing() {
  const began = Date.now();
  const id = create();
  if (id === null) {
    return;
  }
  const ran = json(post('step', `/v1/sessions/${id}/steps`, { code: '6 * 7' }));
  firstResult.add(Date.now() - began);
  check(ran, { 'the first result is right': (value) => value?.results?.[0]?.['text/plain'] === '42' });
  hasStatus(del('end', `/v1/sessions/${id}`), 204, 'the end');
  const gone = get('gone', `/v1/sessions/${id}`, { expects: [410] });
  check(gone, { 'an ended session says so': (answer) => answer.status === 410 && json(answer)?.code === 'session_terminated' });
}

// One session, step after step: the state is that of the step before.
export function steps() {
  const id = create();
  if (id === null) {
    return;
  }
  post('step', `/v1/sessions/${id}/steps`, { code: 'x = 0' });
  for (let expected = 1; expected <= 50; expected++) {
    const response = post('step', `/v1/sessions/${id}/steps`, { code: 'x += 1\nx' });
    step.add(response.timings.duration);
    const ran = json(response);
    check(response, {
      'the step succeeded': () => ran?.status === 'succeeded',
      'the state was kept': () => ran?.results?.[0]?.['text/plain'] === `${expected}`,
    });
  }
  hasStatus(del('end', `/v1/sessions/${id}`), 204, 'the end');
}

// A file goes in, is seen by the code, and comes out as it was.
export function files() {
  const id = create();
  if (id === null) {
    return;
  }
  const content = crypto.randomBytes(FILE_BYTES);
  const sum = crypto.sha256(content, 'hex');
  const path = `/v1/sessions/${id}/files/data/${exec.scenario.iterationInTest}.bin`;
  const written = put('upload', path, content);
  check(written, { 'the upload has the checksum': (answer) => answer.status === 201 && json(answer)?.sha256 === sum });
  const seen = json(post('step', `/v1/sessions/${id}/steps`, {
    code: 'import glob, hashlib\nhashlib.sha256(open(glob.glob("data/*.bin")[0], "rb").read()).hexdigest()',
  }));
  check(seen, { 'the code sees the same bytes': (value) => value?.results?.[0]?.['text/plain'] === `'${sum}'` });
  const read = get('download', path, { responseType: 'binary' });
  check(read, { 'the download is what went in': (answer) => answer.status === 200 && crypto.sha256(answer.body, 'hex') === sum });
  hasStatus(del('end', `/v1/sessions/${id}`), 204, 'the end');
}

function create() {
  const response = post('create', '/v1/sessions', { ttlSeconds: 300, metadata: { k6: exec.scenario.name } });
  return hasStatus(response, 201, 'the creation') ? json(response).id : null;
}

function seconds(text) {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text);
  return Number(number) * { s: 1, m: 60, h: 3600 }[unit];
}
