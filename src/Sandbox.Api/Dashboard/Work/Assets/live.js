// Keeps what a page shows true: its parts are asked for again when something has happened, or from time to time.

// What a part is but for what scripts have put into it.
function bare(part) {
  const copy = part.cloneNode(true);
  for (const box of copy.querySelectorAll("[data-follow]")) box.replaceChildren();
  return copy.innerHTML;
}

const isTyping = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");

function replace(part, fresh) {
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  // A box that is being followed stays itself: with what it has, and where it is scrolled to.
  for (const box of part.querySelectorAll("[data-follow]")) {
    const other = box.id && fresh.querySelector(`#${CSS.escape(box.id)}`);
    if (other && other.dataset.follow === box.dataset.follow) other.replaceWith(box);
  }
  const open = new Set([...part.querySelectorAll("details[open]")].map((details) => details.textContent));
  for (const details of fresh.querySelectorAll("details")) details.open = open.has(details.textContent);
  part.replaceChildren(...fresh.childNodes);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  part.dispatchEvent(new CustomEvent("refreshed", { bubbles: true }));
}

/** Takes the parts of a fresh copy of this page. What somebody is typing into is left alone. */
export async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
    if (fresh && !isTyping(part) && bare(part) !== bare(fresh)) replace(part, fresh);
  }
}

/** A function that refreshes soon, and once for many calls. */
export function soon(milliseconds = 300) {
  let timer = 0;
  let isRunning = false;
  const schedule = () => (timer ||= setTimeout(run, milliseconds));
  const run = async () => {
    timer = 0;
    if (isRunning) return schedule();
    isRunning = true;
    try {
      await refresh();
    } catch {
      // The server is away: whatever comes next refreshes.
    } finally {
      isRunning = false;
    }
  };
  return schedule;
}
