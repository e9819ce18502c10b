// How a step's code is evaluated.
'use strict';

const inspector = require('inspector');
const vm = require('vm');

const INTERRUPTED = Symbol('interrupted');
const BRIDGE = Symbol.for('sandbox.kernel');

// Evaluates as the console of a debugger does: names can be declared again, await stands anywhere, and code that runs without
// a pause can be interrupted.
class Evaluator {
  constructor(load) {
    this.session = new inspector.Session();
    this.session.connect();
    this.bridge = { call: undefined, take: (value) => (this.taken = value), load };
    Object.defineProperty(globalThis, BRIDGE, { value: this.bridge });
    this.script = new vm.Script("globalThis[Symbol.for('sandbox.kernel')].call()");
    this.receiver = this.post('Runtime.evaluate', { expression: "globalThis[Symbol.for('sandbox.kernel')].take" }).result.objectId;
    this.onInterrupt = () => this.giveUp?.(INTERRUPTED);
  }

  // Only for what answers at once.
  post(method, parameters) {
    let answer;
    this.session.post(method, parameters, (error, result) => (answer = result));
    return answer;
  }

  // What the function returns; INTERRUPTED where SIGINT came before it did.
  interruptible(call) {
    this.bridge.call = call;
    try {
      return this.script.runInThisContext({ breakOnSigint: true, displayErrors: false });
    } catch (error) {
      if (error?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') return INTERRUPTED;
      throw error;
    }
  }

  // { value }, { error, details }, or INTERRUPTED.
  async evaluate(code, name) {
    // A step may have taken the listeners away.
    process.off('SIGINT', this.onInterrupt).on('SIGINT', this.onInterrupt);
    const expression = `${expressionOf(code)}\n//# sourceURL=${name}`;
    const parameters = { expression, replMode: true, awaitPromise: true, objectGroup: 'step' };
    const answer = await new Promise((resolve) => {
      this.giveUp = resolve;
      let [answered, posting] = [undefined, true];
      const posted = () =>
        this.session.post('Runtime.evaluate', parameters, (error, result) => {
          answered = result ?? { error };
          if (!posting) resolve(answered);
        });
      // An interrupt that ended what the code was waiting for, and the code by that, is one all the same.
      if (this.interruptible(posted) === INTERRUPTED) resolve(INTERRUPTED);
      posting = false;
      if (answered) resolve(answered);
    });
    this.giveUp = undefined;
    const outcome = answer === INTERRUPTED ? INTERRUPTED : this.outcomeOf(answer);
    this.post('Runtime.releaseObjectGroup', { objectGroup: 'step' });
    return outcome;
  }

  outcomeOf({ result, exceptionDetails, error }) {
    if (error) return { error: new Error(error.message) };
    if (!exceptionDetails) return { value: this.valueOf(result) };
    return { error: this.valueOf(exceptionDetails.exception), details: exceptionDetails };
  }

  // The value itself, of which the debugger has but a description.
  valueOf({ objectId, unserializableValue, value }) {
    const argument = objectId ? { objectId } : unserializableValue ? { unserializableValue } : { value };
    this.taken = undefined;
    this.post('Runtime.callFunctionOn', {
      functionDeclaration: 'function (value) { this(value) }',
      objectId: this.receiver,
      arguments: [argument],
    });
    return this.taken;
  }
}

function expressionOf(code) {
  if (isObject(code)) return `(${code}\n)`;
  return /\bimport\b/.test(code) ? require('./javascript_imports.js').replaceImports(code) : code;
}

// Braces at the start may be a block or an object; as in a REPL they are an object where they can be.
function isObject(code) {
  if (!/^\s*{/.test(code) || /;\s*$/.test(code)) return false;
  try {
    return new vm.Script(`(${code}\n)`) !== undefined;
  } catch {
    return false;
  }
}

module.exports = { Evaluator, INTERRUPTED };
