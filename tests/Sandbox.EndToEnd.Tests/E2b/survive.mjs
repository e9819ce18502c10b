// "start": leaves a sandbox with a variable and a command that counts, and says which. "resume ID PID": finds both again.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import assert from 'node:assert/strict'

const require = createRequire(process.env.E2B_SDK + '/package.json')
const { Sandbox } = await import(pathToFileURL(require.resolve('@e2b/code-interpreter').replace(/\.js$/, '.mjs')))
const [phase, id, pid] = process.argv.slice(2)
const longer = async holds => { for (let i = 0; i < 500 && !holds(); i++) await new Promise(done => setTimeout(done, 20)) }

if (phase === 'start') {
  const sbx = await Sandbox.create({ timeoutMs: 300_000 })
  await sbx.runCode('kept = 41')
  await sbx.files.write('kept.txt', 'kept')
  const command = await sbx.commands.run('for i in $(seq 100000); do echo $i; sleep 0.02; done', { background: true, timeoutMs: 0 })
  await longer(() => command.stdout.includes('5\n'))
  console.log(sbx.sandboxId, command.pid, await sbx.downloadUrl('kept.txt').then(url => new URL(url).search))
} else {
  const sbx = await Sandbox.connect(id)
  const command = await sbx.commands.connect(+pid, { timeoutMs: 0 })
  await longer(() => command.stdout.split('\n').length > 3)
  const lines = command.stdout.trim().split('\n').map(Number)
  assert.ok(lines.length > 2 && lines.every((line, index) => line === lines[0] + index), command.stdout)
  assert.equal((await sbx.runCode('kept + 1')).text, '42')
  assert.equal(await (await fetch(process.env.E2B_API_URL + '/files' + process.argv[5])).text(), 'kept')
  assert.equal(await sbx.commands.kill(+pid), true)
  await sbx.kill()
  console.log('ALL PASS')
}
process.exit(0)
