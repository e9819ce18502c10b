// Imports in the code of a step. What the debugger evaluates belongs to no module, and cannot import by itself: the words are
// replaced by calls of the kernel.
'use strict';

const CALL = "globalThis[Symbol.for('sandbox.kernel')].load";

// Literals and comments are matched only to be left as they are.
const TOKENS = new RegExp(
  [
    /(?<![\w$.])import\s+(?:(?<names>[^'"();]+?)\s*from\s*)?(?<module>'[^'\n]+'|"[^"\n]+")[ \t]*;?/,
    /(?<![\w$.])import(?<call>\s*\()/,
    /'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//,
  ].map((part) => part.source).join('|'), 'g');

exports.replaceImports = (code) =>
  code.replace(TOKENS, (found, ...rest) => {
    const { names, module, call } = rest.at(-1);
    if (call) return CALL + call;
    if (!module) return found;
    // Later lines keep their numbers.
    return declarations(names, `await ${CALL}(${module})`) + '\n'.repeat(found.split('\n').length - 1);
  });

// `a, { b as c }`, `a, * as d` and the like, as declarations of the same names.
function declarations(names, loaded) {
  if (!names) return `${loaded};`;
  const [, whole] = /\*\s*as\s+([\w$]+)/.exec(names) ?? [];
  const [, standard] = /^\s*([\w$]+)/.exec(names) ?? [];
  const [, listed] = /\{([\s\S]*)\}/.exec(names) ?? [];
  const members = (listed ?? '').split(',').map((name) => name.trim().replace(/\s+as\s+/, ': ')).filter(Boolean);
  if (standard) members.unshift(`default: ${standard}`);
  if (!whole) return `const { ${members.join(', ')} } = ${loaded};`;
  return `const ${whole} = ${loaded};${standard ? ` const { default: ${standard} } = ${whole};` : ''}`;
}
