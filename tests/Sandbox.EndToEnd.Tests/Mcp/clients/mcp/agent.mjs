// What an agent does with the door, by the unmodified clients of the protocol. Exit code 0 when everything was as it has to be.
// MCP_URL, MCP_TOKEN; MCP_CLIENT: v1 (@modelcontextprotocol/sdk), or legacy, auto, modern (@modelcontextprotocol/client in that era).
import assert from 'node:assert/strict'

const { MCP_URL, MCP_TOKEN, MCP_CLIENT } = process.env
const isFirst = MCP_CLIENT === 'v1'
const { Client } = isFirst ? await import('@modelcontextprotocol/sdk/client/index.js') : await import('@modelcontextprotocol/client')
const { StreamableHTTPClientTransport } = isFirst ? await import('@modelcontextprotocol/sdk/client/streamableHttp.js') : await import('@modelcontextprotocol/client')
const era = isFirst ? {} : { versionNegotiation: { mode: MCP_CLIENT === 'modern' ? { pin: '2026-07-28' } : MCP_CLIENT } }
const client = new Client({ name: 'agent', version: '1.0.0' }, { capabilities: {}, ...era })
await client.connect(new StreamableHTTPClientTransport(new URL(MCP_URL), { requestInit: { headers: { Authorization: `Bearer ${MCP_TOKEN}` } } }))

const call = (name, args, options) => isFirst
  ? client.callTool({ name, arguments: args }, undefined, options)
  : client.callTool({ name, arguments: args }, options)
const good = async (name, args, options) => {
  const result = await call(name, args, options)
  assert.notEqual(result.isError, true, `${name}: ${result.content[0].text}`)
  assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent)
  return result
}
const bad = async (name, args) => {
  const result = await call(name, args)
  assert.equal(result.isError, true)
  assert.equal(result.structuredContent, undefined)
  return JSON.parse(result.content[0].text)
}

// After this, the clients hold every structured answer against the schema of its tool.
const { tools } = await client.listTools()
assert.ok(tools.length > 30 && tools.every(tool => tool.title && tool.description && tool.outputSchema && tool.annotations))
assert.equal(client.getServerCapabilities().tools.listChanged ?? false, false)

const session = (await good('create_session', { ttlSeconds: 600 })).structuredContent.id
await good('run_code', { sessionId: session, code: 'x = 41' })
const sum = (await good('run_code', { sessionId: session, code: 'x + 1' })).structuredContent
assert.deepEqual([sum.status, sum.results[sum.mainResult]['text/plain']], ['succeeded', '42'])

const figure = await good('run_code', { sessionId: session, code: 'import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])' })
const image = figure.content.find(part => part.type === 'image')
assert.equal(image?.mimeType, 'image/png', JSON.stringify(figure).slice(0, 2000))
assert.ok(Buffer.from(image.data, 'base64').subarray(1, 4).equals(Buffer.from('PNG')))

const failed = (await good('run_code', { sessionId: session, code: '1 / 0' })).structuredContent
assert.deepEqual([failed.status, failed.error.name], ['failed', 'ZeroDivisionError'])

const long = (await good('run_code', { sessionId: session, code: "print('a' * 40000)" })).structuredContent
assert.deepEqual([long.stdout.length, long.stdoutTruncated], [32768, true])
assert.match(long.next, /read_output/)
const rest = (await good('read_output', { sessionId: session, step: long.step, from: 32768 })).structuredContent
assert.deepEqual([rest.text.length, rest.next, rest.total], [7233, 40001, 40001])

const told = []
await good('run_code', { sessionId: session, code: 'import time\nfor i in range(35):\n  print(i, flush=True)\n  time.sleep(0.1)' }, { onprogress: progress => told.push(progress) })
assert.ok(told.length > 0, 'no progress was told')
assert.ok(told.every((one, index) => index === 0 || one.progress > told[index - 1].progress), JSON.stringify(told))
assert.match(told.at(-1).message, /running for \d+ s, \d+ lines of output/)

await good('write_file', { sessionId: session, path: 'data/ü.txt', content: 'hello' })
const listed = await good('list_files', { sessionId: session, path: 'data' })
const link = listed.content.find(part => part.type === 'resource_link')
assert.equal((await client.readResource({ uri: link.uri })).contents[0].text, 'hello')
assert.equal((await good('read_file', { sessionId: session, path: 'data/ü.txt', offset: 1, limit: 2 })).structuredContent.text, 'el')
await assert.rejects(client.readResource({ uri: 'sandbox://artifacts/art_none' }))

const job = await good('run_code', { code: "open('out.txt', 'w').write('kept')\n[1, 2]", artifacts: ['out.txt'] })
assert.deepEqual(job.structuredContent.results, [{ 'application/json': [1, 2] }].slice(0, job.structuredContent.results.length))
const artifact = job.content.find(part => part.type === 'resource_link')
assert.equal((await client.readResource({ uri: artifact.uri })).contents[0].text, 'kept')

// The client takes its call back when it runs: the step is interrupted, and the session goes on.
const controller = new AbortController()
await assert.rejects(call('run_code', { sessionId: session, code: 'import time\ntime.sleep(120)' }, { signal: controller.signal, onprogress: () => controller.abort() }))
const steps = (await good('list_steps', { sessionId: session, limit: 100 })).structuredContent.items
const taken = (await good('get_step', { sessionId: session, step: steps.at(-1).sequence, waitSeconds: 30 })).structuredContent
assert.equal(taken.status, 'interrupted')
assert.equal((await good('run_code', { sessionId: session, code: 'x' })).structuredContent.results[0]['text/plain'], '41')

const command = (await good('start_command', { sessionId: session, shell: 'read line; echo "got $line"', keepStdinOpen: true })).structuredContent
await good('write_command_input', { sessionId: session, number: command.number, text: 'it\n' })
assert.equal((await good('get_command', { sessionId: session, number: command.number, waitSeconds: 20 })).structuredContent.output, 'got it\n')

const flow = (await good('run_workflow', { steps: [{ id: 'a', job: { language: 'bash', code: 'echo one' } }, { id: 'b', dependsOn: ['a'], job: { language: 'bash', code: 'echo "${steps.a.stdout}"' } }], memory: { k: { deep: [1] } } })).structuredContent
assert.deepEqual([flow.status, flow.counts.succeeded], ['succeeded', 2])
assert.deepEqual((await good('read_memory', { workflowId: flow.id, key: 'k' })).structuredContent.value, { deep: [1] })

const wrong = await bad('run_code', { sessionId: session, code: '1', nonsense: true })
assert.ok(wrong.code === 'invalid_request' && wrong.arguments.nonsense, JSON.stringify(wrong))
await good('end_session', { sessionId: session })
const over = await bad('run_code', { sessionId: session, code: '1' })
assert.ok(over.code === 'session_terminated' && /create_session/.test(over.next), JSON.stringify(over))
await client.close()
