// What pages do beyond what works without a script: ids are copied, and figures kept current.

/** A button beside each id that copies it. */
function addCopyButtons(root) {
  for (const id of root.querySelectorAll('[data-copy]')) {
    if (id.querySelector('button')) continue;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', `Copy ${id.dataset.copy}`);
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(id.dataset.copy);
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    });
    id.append(button);
  }
}

/** Takes a part of the page anew every so many seconds, as long as somebody sees it. */
function keepCurrent(part) {
  const seconds = Number(part.dataset.live);
  const refresh = async () => {
    try {
      // What somebody is about to use stays as it is.
      if (document.visibilityState !== 'visible' || part.contains(document.activeElement)) return;
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, redirect: 'error' });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.getElementById(part.id);
      if (!fresh) return;
      part.replaceChildren(...fresh.childNodes);
      addCopyButtons(part);
    } catch {
      // The server may come back: the next round tries again.
    } finally {
      setTimeout(refresh, seconds * 1000);
    }
  };
  setTimeout(refresh, seconds * 1000);
}

addCopyButtons(document);
for (const part of document.querySelectorAll('[data-live]')) keepCurrent(part);
