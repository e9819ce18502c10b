// Output of programs as text alone: what a terminal would obey is left out, and so is every other character that is not shown.

/** Reads one stream piece by piece; sequences may be cut anywhere between two pieces. */
export class Plain {
  #state = "text";
  #hasReturned = false;

  of(piece) {
    let text = "";
    for (const c of piece) text += this.#next(c);
    return text;
  }

  #next(c) {
    const code = c.codePointAt(0);
    switch (this.#state) {
      case "escape":
        if (c === "[") this.#state = "control";
        else if ("]PX^_".includes(c)) this.#state = "string";
        else if (code < 0x20 || code > 0x2f) this.#state = "text";
        return "";
      case "control":
        if (code < 0x20 || code > 0x3f) this.#state = "text";
        return "";
      case "string":
        if (c === "\u001b") this.#state = "string end";
        else if (c === "\u0007" || c === "\n") this.#state = "text";
        return c === "\n" ? c : "";
      case "string end":
        this.#state = "text";
        return c === "\\" ? "" : this.#next(c);
      default:
        return this.#shown(c, code);
    }
  }

  // What was to overwrite a line is a line of its own.
  #shown(c, code) {
    const before = this.#hasReturned && c !== "\n" ? "\n" : "";
    this.#hasReturned = c === "\r";
    if (c === "\u001b") this.#state = "escape";
    const isText = c === "\n" || c === "\t" || (code >= 0x20 && (code < 0x7f || code > 0x9f));
    return isText ? before + c : before;
  }
}
