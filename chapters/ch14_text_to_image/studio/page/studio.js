// The studio's page: order, watch each plate by its events, look, cancel, throw away.

const find = (id) => document.getElementById(id);
const [status, order, prompt, gallery] = ["status", "order", "prompt", "gallery"].map(find);
const here = (path) => new URL(path, location.href);
const OPEN = ["queued", "running"];

let known = null; // the words of the model that draws, or null: it has no limits
const watching = new Map(); // plate id -> its EventSource

function tell(state, words) {
  status.dataset.state = state;
  status.textContent = words;
}

async function ask(path, options) {
  const reply = await fetch(here(path), options);
  const body = reply.status === 204 ? null : await reply.json().catch(() => null);
  return { ok: reply.ok, status: reply.status, body };
}

// What went wrong, as a sentence; a 422 has a list of them.
function reason({ status: code, body }) {
  const detail = body?.detail;
  if (Array.isArray(detail)) return detail.map((one) => one.msg).join(". ");
  return detail ?? `The studio answered ${code}.`;
}

const shown = (id) => gallery.querySelector(`[data-id="${id}"]`);

function card(plate) {
  const known = shown(plate.id);
  if (known) return known;
  const item = find("plate").content.cloneNode(true).firstElementChild;
  item.dataset.id = plate.id;
  item.querySelector(".cancel").addEventListener("click", () => cancel(plate.id));
  item.querySelector(".delete").addEventListener("click", () => remove(plate.id));
  gallery.prepend(item);
  find("empty").hidden = true;
  return item;
}

// textContent, always: a prompt is text, whatever it looks like.
function draw(plate) {
  const item = card(plate);
  const open = OPEN.includes(plate.state);
  item.dataset.state = plate.state;
  item.querySelector(".words").textContent = plate.prompt;
  item.querySelector("progress").value = plate.progress;
  item.querySelector("progress").hidden = !open;
  item.querySelector("progress").setAttribute("aria-label", `Progress of ${plate.prompt}`);
  item.querySelector(".state").textContent = words(plate);
  item.querySelector(".mood").textContent = plate.state === "done" ? "" : plate.state;
  item.querySelector(".cancel").hidden = !open;
  const [cancelling, deleting] = [".cancel", ".delete"].map((one) => item.querySelector(one));
  cancelling.setAttribute("aria-label", `Cancel ${plate.prompt}`);
  deleting.setAttribute("aria-label", `Delete ${plate.prompt}`);
  if (plate.state === "done") reveal(item, plate);
}

function words(plate) {
  const by = plate.model ? `, by ${plate.model} (${plate.rung})` : "";
  const again = plate.attempts > 1 ? `, attempt ${plate.attempts}` : "";
  if (plate.state === "failed") return `failed: ${plate.reason}`;
  if (plate.state === "running") return `${plate.progress} %${again}${by}`;
  return `${plate.state}${by}`;
}

async function reveal(item, plate) {
  const image = item.querySelector("img");
  if (image.src) return;
  const link = await ask(`plates/${plate.id}/url`);
  if (!link.ok) return;
  image.alt = `Drawn: ${plate.prompt}`;
  image.onerror = () => {
    image.hidden = true;
    item.querySelector(".mood").textContent = "the storage does not answer";
  };
  image.onload = () => {
    item.querySelector(".mood").textContent = "";
  };
  image.src = link.body.url;
  image.hidden = false;
}

function forget(id) {
  watching.get(id)?.close();
  watching.delete(id);
}

function watch(plate) {
  draw(plate);
  if (!OPEN.includes(plate.state) || watching.has(plate.id)) return;
  // It reconnects by itself, and says which event it has seen last.
  const events = new EventSource(here(`plates/${plate.id}/events`));
  watching.set(plate.id, events);
  events.addEventListener("progress", (event) => draw(JSON.parse(event.data)));
  for (const name of ["done", "failed", "cancelled"]) {
    events.addEventListener(name, (event) => {
      forget(plate.id);
      draw(JSON.parse(event.data));
    });
  }
  events.addEventListener("deleted", () => vanish(plate.id));
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) {
      forget(plate.id); // refused: ask later, when the list is read again
    }
  };
}

function vanish(id) {
  forget(id);
  const item = shown(id);
  if (item?.contains(document.activeElement)) prompt.focus();
  item?.remove();
  find("empty").hidden = gallery.children.length > 0;
}

async function cancel(id) {
  const reply = await attempt(`plates/${id}/cancel`, { method: "POST" });
  if (!reply?.ok) return;
  forget(id);
  draw(reply.body);
  shown(id).querySelector(".delete").focus();
}

async function remove(id) {
  const reply = await attempt(`plates/${id}`, { method: "DELETE" });
  if (reply?.ok || reply?.status === 404) vanish(id);
}

async function attempt(path, options) {
  find("error").textContent = "";
  try {
    const reply = await ask(path, options);
    if (!reply.ok) find("error").textContent = reason(reply);
    return reply;
  } catch {
    find("error").textContent = "The studio does not answer. Try again in a moment.";
  }
}

function unknown() {
  if (!known) return [];
  const said = prompt.value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(said)].filter((word) => !known.has(word));
}

prompt.addEventListener("input", () => {
  const list = unknown();
  find("unknown").textContent = list.length
    ? `The model has never seen: ${list.join(", ")}.`
    : "";
});

let key = null; // of this order: pressed twice, or after an error, it is still one
let sent = "";

order.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = { prompt: prompt.value };
  if (find("negative").value) body.negative_prompt = find("negative").value;
  if (find("steps").value) body.steps = Number(find("steps").value);
  const text = JSON.stringify(body);
  if (text !== sent) key = Array.from(crypto.getRandomValues(new Uint32Array(4))).join("-");
  sent = text;
  const button = order.querySelector("button");
  button.disabled = true;
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
  const reply = await attempt("plates", { method: "POST", headers, body: text });
  button.disabled = false;
  if (reply?.ok) watch(reply.body);
  if (reply?.ok || reply?.body?.id) {
    sent = ""; // it is kept: the next order is another one
    prompt.value = "";
    find("unknown").textContent = "";
    read();
  }
  prompt.focus();
});

async function read() {
  try {
    const [about, plates] = [await ask("about"), await ask("plates?limit=50")];
    if (!about.ok) return tell("lost", reason(about));
    const { workers, model, rung, device, steps, words: list } = about.body;
    known = list && new Set(list);
    const many = workers === 1 ? "1 worker" : `${workers} workers`;
    if (workers) tell("on", `${many} ready.`);
    else tell("wait", "No worker is up: orders wait.");
    if (model) find("model").textContent = `${model} (${rung}, on ${device})`;
    find("steps").placeholder = steps ?? "";
    if (plates.ok) {
      const ids = new Set(plates.body.map((plate) => plate.id));
      for (const plate of plates.body.toReversed()) watch(plate);
      for (const item of [...gallery.children]) {
        if (!ids.has(item.dataset.id) && plates.body.length < 50) vanish(item.dataset.id);
      }
    }
  } catch {
    tell("lost", "The studio does not answer.");
  }
}

read();
setInterval(read, 3000);
