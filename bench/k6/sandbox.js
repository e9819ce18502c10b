// What the scenarios share: where the server is, who asks, and how answers are read.
import http from 'k6/http';
import { check } from 'k6';

const BASE_URL = (__ENV.BASE_URL || 'http://127.0.0.1:8080').replace(/\/$/, '');
const API_KEY = __ENV.API_KEY;

if (!API_KEY) {
  throw new Error('API_KEY is not set: it is in operator.key of the data folder.');
}

// Requests are named by their route: ids in the address would make a metric each.
function params(name, extra = {}) {
  return {
    headers: { Authorization: `Bearer ${API_KEY}`, 'Content-Type': 'application/json', ...extra.headers },
    tags: { name },
    timeout: extra.timeout || '90s',
    responseType: extra.responseType || 'text',
    // A refusal that a scenario asks for is no failed request.
    responseCallback: http.expectedStatuses(...(extra.expects || [{ min: 200, max: 399 }])),
  };
}

export function post(name, path, body, extra) {
  return http.post(`${BASE_URL}${path}`, JSON.stringify(body), params(name, extra));
}

export function get(name, path, extra) {
  return http.get(`${BASE_URL}${path}`, params(name, extra));
}

export function put(name, path, bytes, extra = {}) {
  return http.put(`${BASE_URL}${path}`, bytes, params(name, { ...extra, headers: { 'Content-Type': 'application/octet-stream' } }));
}

export function del(name, path, extra) {
  return http.del(`${BASE_URL}${path}`, null, params(name, extra));
}

// The document of an answer; null where it is none, which the checks then show.
export function json(response) {
  try {
    return response.json();
  } catch (_) {
    return null;
  }
}

// One check for a status, with the answer's own code in the name of the failure.
export function hasStatus(response, status, what) {
  return check(response, { [`${what} answers ${status}`]: (answer) => answer.status === status });
}
