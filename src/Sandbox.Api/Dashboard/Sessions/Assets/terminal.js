// A terminal of a session. The shell lives in the sandbox: when the connection breaks, the page comes again and shows the end of its output.
import { Terminal } from "./xterm.js";
import { FitAddon } from "./xterm-fit.js";

const place = document.getElementById("terminal");
const state = document.getElementById("terminal-state");
const again = document.getElementById("terminal-again");
const longestPause = 10000;

/**
 * What the terminal makes of elements. It writes style sheets and style attributes, which the page's policy forbids; here they become a
 * constructed style sheet, and properties of the element, which it does not.
 */
function withoutInlineStyles(name, options) {
  if (String(name).toLowerCase() === "style") return styleSheet();
  const element = Document.prototype.createElement.call(document, name, options);
  element.setAttribute = (attribute, value) => {
    if (attribute === "style") element.style.cssText = value;
    else Element.prototype.setAttribute.call(element, attribute, value);
  };
  return element;
}

function styleSheet() {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  const stand = Document.prototype.createElement.call(document, "template");
  Object.defineProperty(stand, "textContent", { get: () => "", set: (text) => sheet.replaceSync(text) });
  return stand;
}

document.createElement = withoutInlineStyles;

function colours() {
  const style = getComputedStyle(place);
  const of = (name) => style.getPropertyValue(name).trim() || undefined;
  return { background: of("--terminal-ground"), foreground: of("--terminal-text"), cursor: of("--terminal-text"), selectionBackground: of("--terminal-selection") };
}

const terminal = new Terminal({
  cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  fontFamily: getComputedStyle(place).fontFamily,
  fontSize: 14,
  scrollback: 5000,
  screenReaderMode: true,
  theme: colours(),
  // What programs write into a terminal must not lead anybody away.
  linkHandler: { activate() {} },
});
const fit = new FitAddon();
terminal.loadAddon(fit);
terminal.open(place);
fit.fit();

const encoder = new TextEncoder();
let socket = null;
let next = null;
let pause = 500;

function say(text, isOver = false) {
  state.textContent = text;
  place.dataset.connected = String(socket?.readyState === WebSocket.OPEN);
  again.hidden = !isOver;
}

function connect() {
  const address = new URL(place.dataset.socket, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  address.searchParams.set("columns", terminal.cols);
  address.searchParams.set("rows", terminal.rows);
  if (next !== null) address.searchParams.set("from", next);
  let isOver = false;
  let wasOpen = false;
  socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => {
    wasOpen = true;
    pause = 500;
    say("Connected");
  });
  socket.addEventListener("message", ({ data }) => {
    if (typeof data !== "string") {
      terminal.write(new Uint8Array(data));
      next += data.byteLength;
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "ready" || message.type === "dropped") next = message.offset;
    if (message.type === "dropped") terminal.write("\r\n[some output is not kept any more]\r\n");
    if (message.type === "exit") {
      isOver = true;
      next = null;
      say(message.cause ? `The shell has ended: ${message.cause}` : `The shell has ended${message.exitCode === undefined ? "" : ` with exit code ${message.exitCode}`}`, true);
    }
  });
  socket.addEventListener("close", () => {
    if (isOver) return;
    // What was refused before it was open is refused again: whoever wants to may try.
    if (!wasOpen && pause >= longestPause) return say("Not connected. The session may have ended.", true);
    say("Connection lost; coming again…");
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, longestPause);
  });
}

terminal.onData((text) => socket?.readyState === WebSocket.OPEN && socket.send(encoder.encode(text)));
terminal.onBinary((text) => socket?.readyState === WebSocket.OPEN && socket.send(Uint8Array.from(text, (c) => c.charCodeAt(0))));
terminal.onResize(({ cols, rows }) => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "resize", columns: cols, rows }));
});
new ResizeObserver(() => fit.fit()).observe(place);
new MutationObserver(() => (terminal.options.theme = colours())).observe(document.documentElement, { attributes: true });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (terminal.options.theme = colours()));
again.addEventListener("click", () => {
  terminal.reset();
  next = null;
  pause = 500;
  connect();
});
// Tab is the shell's; whoever has no other way out of the terminal presses Ctrl and ].
terminal.attachCustomKeyEventHandler((event) => {
  if (!(event.type === "keydown" && event.ctrlKey && event.key === "]")) return true;
  document.getElementById("terminal-out").focus();
  return false;
});
terminal.focus();
connect();
