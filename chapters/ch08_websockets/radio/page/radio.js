// The radio's page: sign in, keep a line open, and never lose a word in silence.

const find = (id) => document.getElementById(id);
const [status, signIn, radio, room] = ["status", "sign-in", "radio", "room"].map(find);
const [log, present, say, text] = ["log", "present", "say", "text"].map(find);

const SHORTEST = 500; // milliseconds before the first new attempt
const LONGEST = 8000;
const PATIENCE = 5000; // milliseconds until a message counts as unanswered

let me = "";
let line = null; // the open WebSocket
let waiting = null; // the message that has been sent and not yet heard
let pause = SHORTEST;
let timer = 0;
let before = false; // whether there has been a line in this room already

const here = (path) => new URL(path, location.href);

function tell(state, words) {
  status.dataset.state = state;
  status.textContent = words;
}

function note(words) {
  append("note", words);
}

// textContent, always: a message is text, whatever it looks like.
function append(kind, words, who = "") {
  const item = document.createElement("li");
  item.className = kind;
  for (const [name, content] of [["who", who], ["text", words]]) {
    if (!content) continue;
    const part = document.createElement("span");
    part.className = kind === "note" ? "" : name;
    part.textContent = content;
    item.append(part);
  }
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  log.append(item);
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function settle(why = "") {
  if (waiting) clearTimeout(waiting.timer);
  waiting = null;
  text.disabled = say.querySelector("button").disabled = false;
  find("say-error").textContent = why;
  if (!why) text.value = "";
  text.focus();
}

const hear = {
  welcome: (message) => {
    me = message.name;
    pause = SHORTEST;
    if (before) note("Back on the air. What was said meanwhile is not here.");
    before = true;
  },
  relay: (message) => {
    if (message.state === "on") {
      if (status.dataset.state === "away") {
        note("The relay is back. What was said meanwhile may be missing.");
      }
      return tell("on", `On the air as ${me}.`);
    }
    tell("away", "The relay is away: nobody hears you for the moment.");
  },
  present: (message) => {
    present.replaceChildren(
      ...message.names.map((name) => {
        const item = document.createElement("li");
        item.textContent = name;
        return item;
      }),
    );
  },
  said: (message) => {
    const mine = message.name === me;
    const at = new Date(message.at).toLocaleTimeString([], { timeStyle: "short" });
    append(mine ? "mine" : "theirs", message.text, `${message.name}, ${at}`);
    if (waiting && message.ref === waiting.ref) settle();
  },
  refused: (message) => {
    if (!message.ref || (waiting && message.ref === waiting.ref)) settle(message.why);
  },
};

function connect() {
  clearTimeout(timer);
  const address = here(`rooms/${room.value}`);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  line = socket;
  socket.onmessage = (event) => {
    if (line !== socket) return;
    const message = JSON.parse(event.data);
    hear[message.type]?.(message);
  };
  socket.onclose = (event) => {
    if (line === socket) lost(event);
  };
}

function lost(event) {
  line = null;
  present.replaceChildren();
  if (waiting) settle("The connection was lost. Perhaps nobody heard this.");
  if (event.code === 1013) note("You were too slow to listen, and were dropped.");
  const wait = pause * (0.75 + Math.random() / 2);
  pause = Math.min(pause * 2, LONGEST);
  tell("lost", `Connection lost. Trying again in ${Math.ceil(wait / 1000)} s.`);
  timer = setTimeout(begin, wait);
}

// A refused handshake tells a page nothing, so ask first who we are.
async function begin() {
  clearTimeout(timer);
  let reply;
  try {
    reply = await fetch(here("session"));
  } catch {
    return lost({ code: 0 });
  }
  if (reply.status === 401) return askName();
  if (!reply.ok) return lost({ code: 0 });
  me = (await reply.json()).name;
  const arriving = radio.hidden;
  signIn.hidden = true;
  radio.hidden = false;
  if (arriving) text.focus();
  connect();
}

function askName() {
  tell("off", "Not signed in.");
  radio.hidden = true;
  signIn.hidden = false;
  signIn.elements.name.focus();
}

signIn.addEventListener("submit", async (event) => {
  event.preventDefault();
  const error = find("sign-in-error");
  error.textContent = "";
  try {
    const reply = await fetch(here("session"), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(Object.fromEntries(new FormData(signIn))),
    });
    if (reply.ok) return begin();
    const why = { 403: "This badge is no warden’s.", 422: "Please give a name." };
    error.textContent = why[reply.status] ?? `The radio answered ${reply.status}.`;
  } catch {
    error.textContent = "The radio does not answer. Try again in a moment.";
  }
});

say.addEventListener("submit", (event) => {
  event.preventDefault();
  if (waiting || !text.value.trim()) return;
  if (line?.readyState !== WebSocket.OPEN) {
    return settle("Not sent: there is no connection. Your text is still here.");
  }
  const ref = String(Math.random()).slice(2);
  const late = () => settle("No answer came. Perhaps nobody heard this.");
  waiting = { ref, timer: setTimeout(late, PATIENCE) };
  text.disabled = say.querySelector("button").disabled = true;
  line.send(JSON.stringify({ type: "say", text: text.value, ref }));
});

room.addEventListener("change", () => {
  log.replaceChildren();
  present.replaceChildren();
  before = false;
  pause = SHORTEST;
  line?.close();
  line = null;
  if (waiting) settle("You changed rooms. Perhaps nobody heard this.");
  begin();
});

begin();
