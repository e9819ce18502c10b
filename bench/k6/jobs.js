// Jobs: one at a time for the latency, then a constant rate, then more at once than there is room for.
//   BASE_URL=http://127.0.0.1:8080 API_KEY=$(cat .sandbox/operator.key) k6 run bench/k6/jobs.js
// RATE (jobs a second, default 5) and DURATION (default 1m) suit it to the machine.
import { check, group } from 'k6';
import exec from 'k6/execution';
import { Rate, Trend } from 'k6/metrics';
import { get, hasStatus, json, post } from './sandbox.js';

const DURATION = __ENV.DURATION || '1m';
const RATE = Number(__ENV.RATE || 5);

const endToEnd = new Trend('job_end_to_end', true);
const refused = new Rate('job_refused');

export const options = {
  scenarios: {
    one_at_a_time: { executor: 'constant-vus', exec: 'oneShot', vus: 1, duration: DURATION },
    steady: {
      executor: 'constant-arrival-rate', exec: 'oneShot', rate: RATE, timeUnit: '1s', duration: DURATION,
      preAllocatedVUs: RATE * 4, maxVUs: RATE * 20, startTime: DURATION,
    },
    burst: { executor: 'per-vu-iterations', exec: 'burst', vus: 50, iterations: 4, maxDuration: '3m', startTime: sum(DURATION, DURATION) },
  },
  thresholds: {
    checks: ['rate>0.999'],
    http_req_failed: ['rate<0.01'],
    'job_end_to_end{scenario:one_at_a_time}': ['p(50)<100', 'p(99)<500'],
    'job_end_to_end{scenario:steady}': ['p(95)<1000'],
    'http_req_duration{name:submit}': ['p(95)<250'],
    job_refused: ['rate<0.5'],
  },
};

// A job that says what nobody could have said before: the answer must be its own.
export function oneShot() {
  const word = `${exec.scenario.name}-${exec.scenario.iterationInTest}`;
  const response = post('run', '/v1/jobs?wait=60', { language: 'python', code: `print(${JSON.stringify(word)})`, metadata: { k6: 'jobs' } });
  const job = json(response);
  check(response, {
    'the job ended within its wait': (answer) => answer.status === 200,
    'the job succeeded': () => job !== null && job.status === 'succeeded' && job.exitCode === 0,
    'the output is its own': () => job !== null && job.stdout === `${word}\n`,
  });
  endToEnd.add(response.timings.duration);
}

// More than the node has room for: each is either accepted and ends, or refused with when to come back.
export function burst() {
  const key = `burst-${exec.vu.idInTest}-${exec.vu.iterationInScenario}-${exec.scenario.startTime}`;
  const headers = { 'Idempotency-Key': key };
  const body = { language: 'bash', code: 'echo done', metadata: { k6: 'burst' } };
  const first = post('submit', '/v1/jobs', body, { headers, expects: [202, 429, 503] });
  const isRefused = first.status === 429 || first.status === 503;
  refused.add(isRefused);
  if (isRefused) {
    check(first, { 'a refusal says when to come back': (answer) => answer.headers['Retry-After'] !== undefined });
    return;
  }

  group('accepted', () => {
    const again = post('submit', '/v1/jobs', body, { headers });
    const [job, same] = [json(first), json(again)];
    check(again, { 'the same request is the same job': () => job !== null && same !== null && job.id === same.id });
    const ended = get('wait', `/v1/jobs/${job.id}?wait=60`);
    hasStatus(ended, 200, 'the job');
    check(ended, { 'a job of the burst succeeded': (answer) => json(answer)?.status === 'succeeded' });
  });
}

function sum(...durations) {
  return `${durations.reduce((total, text) => total + seconds(text), 0) + 5}s`;
}

function seconds(text) {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text);
  return Number(number) * { s: 1, m: 60, h: 3600 }[unit];
}
