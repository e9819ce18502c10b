// Pages of what runs: jobs, steps, services and workflows, while they run.
import { follow } from "./output.js";
import { soon } from "./live.js";

// A browser has few connections to one server, and the page needs some itself.
const mostFollowed = 3;

const refreshSoon = soon();
const followed = new Map();

function followAll() {
  for (const [box, source] of followed) {
    if (box.isConnected) continue;
    source.close();
    followed.delete(box);
  }
  for (const box of document.querySelectorAll("[data-follow]")) {
    if (followed.size < mostFollowed && !followed.has(box)) followed.set(box, follow(box, box.dataset.follow, refreshSoon));
  }
}

followAll();
document.addEventListener("refreshed", followAll);

// Each change of a workflow is a reason to look again.
for (const watched of document.querySelectorAll("[data-watch]")) {
  const source = new EventSource(watched.dataset.watch);
  for (const kind of ["step", "status"]) source.addEventListener(kind, refreshSoon);
  source.addEventListener("end", () => {
    source.close();
    refreshSoon();
  });
}

const every = document.querySelector("[data-every]")?.dataset.every;
if (every) setInterval(() => document.visibilityState === "visible" && refreshSoon(), every * 1000);
