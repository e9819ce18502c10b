// Runs a job, and a step in a session, with a client that is generated from the description of the interface.
import createClient from 'openapi-fetch'
import type { components, paths } from './sandbox.js'

declare const process: { env: Record<string, string | undefined> }

const client = createClient<paths>({ baseUrl: process.env.SANDBOX_URL!, headers: { 'X-API-Key': process.env.SANDBOX_API_KEY! } })

const { data, error } = await client.POST('/v1/jobs', { params: { query: { wait: 30 } }, body: { language: 'python', code: 'print(6 * 7)' } })
if (error) throw new Error(`${error.status} ${error.code}: ${error.detail}`)
const job: components['schemas']['Job'] = data
console.log(job.status, job.exitCode, JSON.stringify(job.stdout))

const refused = await client.POST('/v1/jobs', { body: { language: 'cobol', code: '' } })
console.log(refused.error?.status, refused.error?.code, Object.keys(refused.error?.errors ?? {}).join())

const session = await client.POST('/v1/sessions', { body: { language: 'python' } })
const path = { id: session.data!.id }
const step = await client.POST('/v1/sessions/{id}/steps', { params: { path }, body: { code: '[1, 2]' } })
console.log(step.data?.status, JSON.stringify(step.data?.results?.[0]))
const ended = await client.DELETE('/v1/sessions/{id}', { params: { path } })
console.log(ended.response.ok)
