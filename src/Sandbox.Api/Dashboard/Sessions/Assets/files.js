// Files to a session: streamed as they are, whatever their size.
const form = document.getElementById("upload");
const state = document.getElementById("upload-state");

form.hidden = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    for (const file of form.elements.namedItem("files").files) {
      state.textContent = `Uploading ${file.name}…`;
      const refused = await send(file);
      if (refused) {
        state.textContent = `${file.name}: ${refused}`;
        return;
      }
    }
    location.reload();
  } catch {
    state.textContent = "The connection broke. Nothing of that file is there.";
  } finally {
    button.disabled = false;
  }
});

async function send(file) {
  const address = new URL(form.dataset.to, location.href);
  address.searchParams.set("path", form.dataset.folder ? `${form.dataset.folder.replace(/\/$/, "")}/${file.name}` : file.name);
  const answer = await fetch(address, { method: "PUT", body: file, headers: { [form.dataset.header]: form.dataset.token } });
  if (answer.ok) return null;
  const problem = await answer.json().catch(() => null);
  return problem?.detail ?? `refused (${answer.status})`;
}
