// Times E2B's own SDK, and in turns the same step by REST from the same program. Prints a line "name<TAB>milliseconds" for each.
import { createRequire } from 'node:module'

const { Sandbox } = createRequire(`${process.env.E2B_SDK}/package.json`)('@e2b/code-interpreter')
const [creations, sessions, steps] = process.argv.slice(2).map(Number)

async function timed(name, act) {
  const began = performance.now()
  const result = await act()
  if (name) console.log(`${name}\t${performance.now() - began}`)
  return result
}

async function byRest(sandbox, code) {
  const answer = await fetch(`${process.env.E2B_API_URL}/v1/sessions/ses_${sandbox.sandboxId}/steps?wait=30`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.E2B_API_KEY}` },
    body: JSON.stringify({ code }),
  })
  const step = await answer.json()
  if (step.status !== 'succeeded') throw new Error(`${answer.status}: ${JSON.stringify(step)}`)
}

// The first ones warm up this program.
for (let round = -2; round < creations; round++) {
  let sandbox
  await timed(round >= 0 && 'create', async () => {
    sandbox = await Sandbox.create()
    const first = await sandbox.runCode('1 + 1')
    if (first.text !== '2') throw new Error(`It is ${first.text}.`)
  })
  await sandbox.kill()
  // What was taken is made ready again, as between the sandboxes of users.
  await new Promise(done => setTimeout(done, 400))
}

for (let session = 0; session < sessions; session++) {
  const sandbox = await Sandbox.create()
  await sandbox.runCode('x = 0')
  for (let step = -5; step < steps; step++) {
    await timed(step >= 0 && 'rest', () => byRest(sandbox, 'x += 1'))
    await timed(step >= 0 && 'runCode', () => sandbox.runCode('x += 1'))
  }
  await sandbox.kill()
}
