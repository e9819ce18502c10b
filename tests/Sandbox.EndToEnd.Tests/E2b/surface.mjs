// What users of E2B's own SDKs do, upon a server that their variables name. One line a step: PASS or FAIL with its name.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import assert from 'node:assert/strict'

const require = createRequire(process.env.E2B_SDK + '/package.json')
const { Sandbox } = await import(pathToFileURL(require.resolve('@e2b/code-interpreter').replace(/\.js$/, '.mjs')))
const raw = (id, port, path, init = {}) =>
  fetch(process.env.E2B_API_URL + path, { ...init, headers: { 'E2b-Sandbox-Id': id, 'E2b-Sandbox-Port': String(port), ...init.headers } })
const api = (path, init = {}) => fetch(process.env.E2B_API_URL + path, { ...init, headers: { 'X-API-KEY': process.env.E2B_API_KEY, ...init.headers } })
const caught = promise => promise.then(() => assert.fail('nothing was thrown'), error => error)

let failed = 0
async function step(name, act) {
  try {
    await act()
    console.log(`PASS ${name}`)
  } catch (error) {
    failed++
    console.log(`FAIL ${name}: ${error?.name}: ${String(error?.message).replace(/\s+/g, ' ').slice(0, 500)}`)
  }
}

const sbx = await Sandbox.create({ timeoutMs: 300_000, metadata: { 'a b': 'x&y=ü', run: 'surface' }, envs: { GREETING: 'hello' } })
const id = sbx.sandboxId
const token = sbx.envdAccessToken ?? sbx.connectionConfig?.envdAccessToken

await step('list finds a sandbox by labels that need encoding, page by page', async () => {
  const other = await Sandbox.create({ metadata: { run: 'surface' } })
  const pages = Sandbox.list({ query: { metadata: { run: 'surface' } }, limit: 1 })
  const seen = [...await pages.nextItems(), ...await pages.nextItems()].map(item => item.sandboxId)
  assert.deepEqual(seen, [other.sandboxId, id])
  assert.equal(pages.hasNext, false)
  assert.deepEqual((await Sandbox.list({ query: { metadata: { 'a b': 'x&y=ü' } } }).nextItems()).map(item => item.sandboxId), [id])
  await other.kill()
})
await step('home is the working directory, and where relative paths go', async () => {
  assert.equal((await sbx.commands.run('pwd; echo "$HOME"; echo "$GREETING"')).stdout, '/home/user\n/home/user\nhello\n')
  await sbx.files.write('here.txt', 'in the home')
  assert.equal((await sbx.commands.run('cat /home/user/here.txt')).stdout, 'in the home')
  assert.equal((await sbx.commands.run('pwd', { cwd: '/tmp' })).stdout, '/tmp\n')
  assert.match((await caught(sbx.commands.run('pwd', { cwd: '/nowhere' }))).message, /does not exist/)
})
await step('input reaches a background command, which is listed, and killed', async () => {
  const command = await sbx.commands.run('cat; sleep 100', { background: true, stdin: true })
  await sbx.commands.sendStdin(command.pid, 'typed\n')
  const same = await sbx.commands.connect(command.pid)
  await sbx.commands.sendStdin(command.pid, 'again\n')
  for (let i = 0; i < 500 && !command.stdout.includes('again'); i++) await new Promise(done => setTimeout(done, 20))
  assert.equal(command.stdout, 'typed\nagain\n')
  assert.ok(!same.stdout.includes('nothing of before'))
  assert.ok((await sbx.commands.list()).some(process => process.pid === command.pid && process.cmd === '/bin/bash'))
  assert.equal(await sbx.commands.kill(command.pid), true)
  const end = await caught(command.wait())
  assert.equal(end.name, 'CommandExitError')
  assert.equal(await sbx.commands.kill(command.pid), false)
})
await step('a command ends at its time limit', async () => {
  assert.equal((await caught(sbx.commands.run('sleep 60', { timeoutMs: 700 }))).name, 'TimeoutError')
  for (let i = 0; i < 200 && (await sbx.commands.list()).length > 0; i++) await new Promise(done => setTimeout(done, 50))
  assert.deepEqual(await sbx.commands.list(), [])
})
await step('metrics tell what is used', async () => {
  const [now] = await sbx.getMetrics()
  assert.ok(now.memUsed > 0 && now.memTotal >= now.memUsed && now.cpuUsedPct >= 0 && now.cpuCount >= 1)
})
await step('root is refused', async () => {
  assert.match((await caught(sbx.commands.run('id', { user: 'root' }))).message, /no user but/)
})
await step('a terminal is typed at, resized and killed', async () => {
  let shown = ''
  const terminal = await sbx.pty.create({ cols: 90, rows: 20, onData: data => { shown += Buffer.from(data).toString() } })
  await sbx.pty.resize(terminal.pid, { cols: 100, rows: 30 })
  await sbx.pty.sendInput(terminal.pid, new TextEncoder().encode('stty size\n'))
  for (let i = 0; i < 500 && !shown.includes('30 100'); i++) await new Promise(done => setTimeout(done, 20))
  assert.match(shown, /30 100/)
  assert.equal(await sbx.pty.kill(terminal.pid), true)
})
await step('files: all that is done with them', async () => {
  assert.equal(await sbx.files.makeDir('d/e'), true)
  assert.equal(await sbx.files.makeDir('d/e'), false)
  await sbx.files.write([{ path: 'd/1.txt', data: 'one' }, { path: '/home/user/d/ü 2.txt', data: 'two' }])
  assert.deepEqual((await sbx.files.list('d', { depth: 2 })).map(entry => entry.path).sort(), ['/home/user/d/1.txt', '/home/user/d/e', '/home/user/d/ü 2.txt'])
  const info = await sbx.files.getInfo('d/1.txt')
  assert.deepEqual([info.type, info.size, info.owner, info.permissions], ['file', 3, 'user', '-rw-r--r--'])
  assert.equal((await sbx.files.rename('d/1.txt', 'new/place.txt')).path, '/home/user/new/place.txt')
  assert.equal(await sbx.files.exists('d/1.txt'), false)
  assert.equal(await sbx.files.read('new/place.txt'), 'one')
  await sbx.files.write('empty', '')
  assert.equal(await sbx.files.read('empty'), '')
  assert.deepEqual([...await sbx.files.read('new/place.txt', { format: 'bytes' })], [111, 110, 101])
  await sbx.commands.run('ln -s new/place.txt link')
  assert.equal((await sbx.files.getInfo('link')).symlinkTarget, '/home/user/new/place.txt')
  await sbx.files.remove('d')
  await sbx.files.remove('d')
  assert.match((await caught(sbx.files.read('d/1.txt'))).name, /NotFound/)
  assert.match((await caught(sbx.files.list('new/place.txt'))).message, /no folder/)
})
await step('a folder is watched', async () => {
  await sbx.files.makeDir('watched')
  const events = []
  const watch = await sbx.files.watchDir('watched', event => events.push(event), { recursive: true })
  const seen = async name => { for (let i = 0; i < 500 && !events.some(event => event.name === name); i++) await new Promise(done => setTimeout(done, 20)) }
  await sbx.commands.run('mkdir watched/in')
  await seen('in')
  await sbx.commands.run('echo 1 > watched/in/a')
  await seen('in/a')
  await sbx.commands.run('mv watched/in/a watched/b && rm watched/b')
  for (let i = 0; i < 500 && !events.some(event => event.type === 'remove' && event.name === 'b'); i++) await new Promise(done => setTimeout(done, 20))
  await watch.stop()
  assert.ok(events.some(event => event.type === 'create' && event.name === 'in'))
  assert.ok(events.some(event => event.type === 'rename' && event.name === 'in/a'))
  assert.ok(events.some(event => event.type === 'remove' && event.name === 'b'))
})
await step('signed addresses read and write without a credential', async () => {
  const up = await sbx.uploadUrl('signed.txt', { useSignatureExpiration: 60 })
  const form = new FormData()
  form.append('file', new Blob(['by address']), 'signed.txt')
  assert.equal((await fetch(up, { method: 'POST', body: form })).status, 200)
  const down = await sbx.downloadUrl('signed.txt')
  assert.equal(await (await fetch(down)).text(), 'by address')
  assert.equal((await fetch(down.replace('signed.txt', 'here.txt'))).status, 401)
  assert.equal((await fetch(down, { method: 'POST', body: form })).status, 401)
  const over = new URL(up)
  over.searchParams.set('signature_expiration', '1')
  assert.equal((await fetch(over, { method: 'POST', body: form })).status, 401)
})
await step('code: contexts keep apart what they define', async () => {
  const context = await sbx.createCodeContext({ language: 'python', cwd: '/tmp' })
  await sbx.runCode('x = 1')
  assert.equal((await sbx.runCode('x', { context })).error.name, 'NameError')
  assert.equal((await sbx.runCode('import os; os.getcwd()', { context })).text, '/tmp')
  assert.ok((await sbx.listCodeContexts()).some(known => known.id === context.id))
  await sbx.runCode('y = 1', { context })
  await sbx.restartCodeContext(context)
  assert.equal((await sbx.runCode('y', { context })).error.name, 'NameError')
  await sbx.removeCodeContext(context)
  assert.match((await caught(sbx.runCode('1', { context }))).message, /not found/)
})
await step('code: languages, results and streams', async () => {
  assert.equal((await sbx.runCode('const a = [1, 2]; a.length', { language: 'js' })).text, '2')
  assert.deepEqual((await sbx.runCode('echo $((40 + 2))', { language: 'bash' })).logs.stdout, ['42\n'])
  assert.match((await caught(sbx.runCode('1', { language: 'cobol' }))).message, /^400/)
  const pieces = []
  const run = await sbx.runCode('import sys\nprint("é✓🐎" * 50000)\nprint("no", file=sys.stderr)\nNone', { onStdout: part => pieces.push(part.line ?? part) })
  assert.equal(run.logs.stdout.join(''), 'é✓🐎'.repeat(50000) + '\n')
  assert.deepEqual(run.logs.stderr, ['no\n'])
  assert.equal(run.text, undefined)
  assert.equal((await sbx.runCode('"quoted"')).text, 'quoted')
  assert.equal((await sbx.runCode('import os; os.environ["ONCE"]', { envs: { ONCE: 'one' } })).text, 'one')
  assert.equal((await sbx.runCode('os.environ.get("ONCE", "gone")')).text, 'gone')
})
await step('code: TypeScript runs, or is refused with the reason', async () => {
  const canStrip = (await sbx.runCode('typeof require("module").stripTypeScriptTypes', { language: 'js' })).text === 'function'
  const run = await sbx.runCode('const n: number = 41; n + 1', { language: 'ts' })
  assert.deepEqual([run.text, run.error?.name], canStrip ? ['42', undefined] : [undefined, 'LanguageUnavailable'])
})
await step('code: who leaves does not keep the next one waiting', async () => {
  assert.equal((await caught(sbx.runCode('import time; time.sleep(100)', { timeoutMs: 1000 }))).name, 'TimeoutError')
  assert.equal((await sbx.runCode('40 + 2')).text, '42')
})
await step('a server in the sandbox is reached with the token, and without it by nobody', async () => {
  await sbx.commands.run('python3 -u -m http.server 8000', { background: true })
  const headers = { 'E2B-Traffic-Access-Token': sbx.trafficAccessToken }
  let answer
  for (let i = 0; i < 200; i++) {
    answer = await raw(id, 8000, '/here.txt', { headers })
    if (answer.status === 200) break
    await new Promise(done => setTimeout(done, 50))
  }
  assert.equal(await answer.text(), 'in the home')
  assert.equal((await raw(id, 8000, '/here.txt')).status, 403)
  const closed = await raw(id, 8001, '/', { headers })
  assert.deepEqual([closed.status, (await closed.json()).port], [502, 8001])
})
await step('pause, 502 meanwhile, connect', async () => {
  await sbx.runCode('kept = 7')
  assert.notEqual(await (sbx.pause ?? sbx.betaPause).call(sbx), false)
  assert.equal((await sbx.getInfo()).state, 'paused')
  assert.equal(await sbx.isRunning(), false)
  const again = await Sandbox.connect(id, { timeoutMs: 200_000 })
  assert.equal((await again.runCode('kept')).text, '7')
  assert.ok((await again.getInfo()).endAt - Date.now() < 201_000)
})
await step('a snapshot makes sandboxes, and is removed', async () => {
  const snapshot = await sbx.createSnapshot()
  const made = await Sandbox.create(snapshot.snapshotId, { timeoutMs: 60_000 })
  assert.equal(await made.files.read('here.txt'), 'in the home')
  await made.kill()
  assert.ok((await Sandbox.listSnapshots({ sandboxId: id }).nextItems()).some(known => known.snapshotId === snapshot.snapshotId))
  assert.equal(await Sandbox.deleteSnapshot(snapshot.snapshotId), true)
  assert.equal(await Sandbox.deleteSnapshot(snapshot.snapshotId), false)
})
await step('forks begin with its files', async () => {
  const answer = await api(`/sandboxes/${id}/fork`, { method: 'POST', body: '{"count": 2}', headers: { 'Content-Type': 'application/json' } })
  assert.equal(answer.status, 201)
  const forks = await answer.json()
  assert.equal(forks.length, 2)
  for (const { sandbox } of forks) {
    const fork = await Sandbox.connect(sandbox.sandboxID)
    assert.equal(await fork.files.read('here.txt'), 'in the home')
    await fork.kill()
  }
})
await step('what cannot be is refused with the reason', async () => {
  assert.match((await caught(Sandbox.create({ allowInternetAccess: false }))).message, /policy/)
  assert.match((await caught(Sandbox.create('no-such-template'))).message, /no template/)
  assert.match((await caught(Sandbox.create({ timeoutMs: 10 ** 12 }))).message, /timeout/)
  for (const path of ['/volumes', '/v3/templates', '/secrets'])
    assert.deepEqual([path, (await (await api(path)).json()).code], [path, 501])
  assert.equal((await (await api('/sandboxes/nosuchsandbox')).json()).code, 404)
  for (const part of [{ metadata: { a: null } }, { envVars: { A: null } }, { metadata: 7 }, { metadata: Object.fromEntries([...Array(99).keys()].map(key => [key, ''])) }, { metadata: { 'e2b/template': 'x' } }, { templateID: null }, { timeout: -1 }]) {
    const answer = await api('/v2/sandboxes', { method: 'POST', body: JSON.stringify({ templateID: 'base', ...part }), headers: { 'Content-Type': 'application/json' } })
    assert.deepEqual([JSON.stringify(part), answer.status, (await answer.json()).code], [JSON.stringify(part), 400, 400])
  }
})
await step('tokens open their own sandbox alone', async () => {
  const other = await Sandbox.create({ timeoutMs: 60_000 })
  const envd = { 'X-Access-Token': (await (await api(`/sandboxes/${id}`)).json()).envdAccessToken }
  assert.equal((await raw(id, 49983, '/health', { headers: envd })).status, 204)
  assert.equal((await raw(other.sandboxId, 49983, '/health', { headers: envd })).status, 401)
  assert.equal((await raw(id, 49983, '/health')).status, 401)
  assert.equal((await raw(id, 49999, '/contexts', { headers: envd })).status, 403)
  assert.equal((await raw(id, 49983, '/health', { headers: { 'X-Access-Token': `${envd['X-Access-Token']}0` } })).status, 401)
  assert.equal((await raw(id, 49983, '/health', { headers: { 'X-Access-Token': 'envd.nobody.' + '0'.repeat(64) } })).status, 401)
  assert.equal((await fetch(process.env.E2B_API_URL + '/health', { headers: { 'E2b-Sandbox-Id': id } })).status, 400)
  await other.kill()
  assert.equal((await raw(other.sandboxId, 49983, '/health')).status, 401)
  assert.equal(await other.isRunning(), false)
})
await step('messages that are none are refused, and never a fault', async () => {
  const headers = { 'X-Access-Token': (await (await api(`/sandboxes/${id}`)).json()).envdAccessToken }
  const stream = { ...headers, 'Content-Type': 'application/connect+json' }
  const frame = (flag, length, text) => { const head = Buffer.alloc(5); head[0] = flag; head.writeUInt32BE(length, 1); return Buffer.concat([head, Buffer.from(text)]) }
  for (const body of [Buffer.alloc(0), Buffer.from('{}'), frame(0, 4294967295, '{}'), frame(1, 2, '{}'), frame(0, 2, '{}'), frame(0, 3, '{"}'), frame(0, 4, 'null'), frame(0, 14, '{"process": 7}'), frame(0, 44, '{"process":{"cmd":"ls","args":["a",null]}}  ')]) {
    const answer = await raw(id, 49983, '/process.Process/Start', { method: 'POST', headers: stream, body })
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/connect+json'])
    assert.match(await answer.text(), /"code":"invalid_argument"/)
  }
  const unary = { ...headers, 'Content-Type': 'application/json' }
  for (const [path, body] of [['/filesystem.Filesystem/Stat', '{'], ['/filesystem.Filesystem/Stat', '[]'], ['/process.Process/SendInput', '{"process":{"pid":1},"input":{"stdin":"%"}}'], ['/process.Process/SendSignal', '{"process":{}}']])
    assert.equal((await raw(id, 49983, path, { method: 'POST', headers: unary, body })).status, 400)
  assert.equal((await raw(id, 49983, '/filesystem.Filesystem/Stat', { method: 'POST', headers: unary, body: '{"path":"here.txt","unknown":{"a":[1]}}' })).status, 200)
  assert.equal((await raw(id, 49983, '/filesystem.Filesystem/Stat', { method: 'POST', headers: unary, body: JSON.stringify({ path: 'x'.repeat(9 * 1024 * 1024) }) })).status, 413)
  assert.equal((await raw(id, 49983, '/init', { method: 'POST', headers })).status, 404)
  assert.equal((await raw(id, 49983, '/files?path=%00', { headers })).status, 400)
})
await step('a killed sandbox is told from one that ends by itself', async () => {
  const running = await sbx.commands.run('sleep 100', { background: true })
  const ended = caught(running.wait())
  assert.equal(await sbx.kill(), true)
  assert.match((await ended).name, /TimeoutError|SandboxNotFoundError/)
  assert.equal(await sbx.kill(), false)
  assert.equal(await sbx.isRunning(), false)
})

console.log(failed === 0 ? 'ALL PASS' : `FAILED ${failed}`)
process.exit(failed === 0 ? 0 : 1)
