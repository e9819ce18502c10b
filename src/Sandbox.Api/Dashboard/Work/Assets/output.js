// Output of programs in a page, as it comes. Text alone: nothing of it becomes markup. The page keeps the end of it.
import { Plain } from "./plain.js";

const most = 256 * 1024;

class Stream {
  #decoder = new TextDecoder();
  #plain = new Plain();

  read(data) {
    const bytes = data.base64 === undefined ? null : Uint8Array.from(atob(data.base64), (c) => c.charCodeAt(0));
    return this.#plain.of(bytes ? this.#decoder.decode(bytes, { stream: true }) : this.#decoder.decode() + data.text);
  }
}

/** A box that shows the end of what comes, standard error marked. */
class OutputBox {
  #box;
  #streams = { stdout: new Stream(), stderr: new Stream() };
  #waiting = [];
  #waits = 0;
  #length = 0;
  #isDrawing = false;

  constructor(box) {
    this.#box = box;
    box.replaceChildren();
  }

  add(kind, data) {
    const text = this.#streams[kind].read(data);
    if (text === "") return;
    const last = this.#waiting.at(-1);
    if (last?.kind === kind) last.text = (last.text + text).slice(-most);
    else this.#waiting.push({ kind, text: text.slice(-most) });
    // Pages in the background are not drawn, however long they stay there.
    this.#waits += text.length;
    while (this.#waits > 2 * most && this.#waiting.length > 1) this.#waits -= this.#waiting.shift().text.length;
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#isDrawing = false;
    const box = this.#box;
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
    for (const { kind, text } of this.#waiting) {
      const part = document.createElement("span");
      part.className = kind;
      part.textContent = text;
      box.append(part);
      this.#length += text.length;
    }
    this.#waiting = [];
    this.#waits = 0;
    while (this.#length > most && box.firstChild) {
      this.#length -= box.firstChild.textContent.length;
      box.firstChild.remove();
    }
    if (isAtEnd) box.scrollTop = box.scrollHeight;
  }
}

/** Follows a stream of events into a box; calls back at its end. The browser resumes where it was when the connection breaks. */
export function follow(box, address, ended) {
  const source = new EventSource(address);
  let shown = null;
  // What the server had written into the page comes again.
  source.addEventListener("open", () => (shown ??= new OutputBox(box)));
  for (const kind of ["stdout", "stderr"]) source.addEventListener(kind, (event) => shown.add(kind, JSON.parse(event.data)));
  source.addEventListener("end", () => {
    source.close();
    ended();
  });
  return source;
}
