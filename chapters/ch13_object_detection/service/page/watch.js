// The watch's page: frames go out as JPEG, boxes come back and are laid over the video.

const find = (id) => document.getElementById(id);
const [status, error, stage, video, boxes] = ["status", "error", "stage", "video", "boxes"].map(find);
const [source, toggle, controls] = ["source", "toggle", "controls"].map(find);

const SIDE = 640; // pixels of the longer side that is sent
const FASTEST = 1000 / 30; // milliseconds between two frames, at least
const SHORTEST = 500; // milliseconds before the first new attempt to connect
const LONGEST = 4000;
const SPAN = 2000; // milliseconds over which answers are counted

const REASONS = {
  NotAllowedError: "The camera was refused. Allow it for this page in your browser, or take the demo clip.",
  NotFoundError: "There is no camera here. Connect one, or take the demo clip.",
  NotReadableError: "The camera is in use by another program.",
  OverconstrainedError: "That camera is not there any more. Choose another one.",
};
const INSECURE = "A browser gives its camera to https pages and to localhost only. Take the demo clip.";

const canvas = document.createElement("canvas"); // a frame before it is sent
let watching = null; // what belongs to one press of Start, or nothing
let timer = 0;
let pause = SHORTEST;

const here = (path) => new URL(path, location.href);

function tell(state, words) {
  status.dataset.state = state;
  status.textContent = words;
}

// --- cameras ------------------------------------------------------------------

async function listCameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const cameras = devices.filter((device) => device.kind === "videoinput");
  const chosen = source.value;
  source.replaceChildren();
  for (const [number, camera] of cameras.entries()) {
    // Before the first permission a camera has neither a name nor an id.
    source.append(new Option(camera.label || `Camera ${number + 1}`, camera.deviceId || "any"));
  }
  source.append(new Option("Demo clip: a wall of photos", "demo"));
  if ([...source.options].some((option) => option.value === chosen)) source.value = chosen;
}

async function openCamera(id) {
  if (id === "demo") return openDemo();
  if (!navigator.mediaDevices) throw new DOMException(INSECURE, "SecurityError");
  const size = { width: { ideal: 640 }, height: { ideal: 480 } };
  // Empty, when Start is pressed before the cameras are listed.
  const which = ["", "any"].includes(id) ? {} : { deviceId: { exact: id } };
  return navigator.mediaDevices.getUserMedia({ video: { ...size, ...which } });
}

// A still picture, and a window of 640 by 480 that wanders over it.
async function openDemo() {
  const wall = new Image();
  wall.src = here("demo.jpg");
  await wall.decode();
  const clip = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  const pen = clip.getContext("2d");
  const began = performance.now();
  const draw = () => {
    const x = ((wall.width - 640) * (1 - Math.cos((performance.now() - began) / 4000))) / 2;
    pen.drawImage(wall, -x, 0);
  };
  draw();
  const stream = clip.captureStream(25);
  const beat = setInterval(draw, 40);
  stream.getTracks()[0].stopDrawing = () => clearInterval(beat);
  return stream;
}

// --- start and stop -----------------------------------------------------------

async function start() {
  const mine = { socket: null, sent: new Map(), times: [], id: 0, read: 0, last: 0 };
  watching = mine;
  error.textContent = "";
  toggle.textContent = "Stop";
  tell("wait", "Opening the camera …");
  try {
    const stream = await openCamera(source.value);
    if (watching !== mine) return close(stream);
    mine.stream = stream;
    stream.getVideoTracks()[0].addEventListener("ended", () => {
      if (watching === mine) stop("The camera has stopped. Is it still connected?");
    });
    video.srcObject = stream;
    await video.play();
  } catch (problem) {
    if (watching !== mine) return;
    return stop(REASONS[problem.name] ?? problem.message);
  }
  stage.dataset.playing = "true";
  stage.style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`;
  listCameras(); // now with their names
  connect(mine);
}

function close(stream) {
  for (const track of stream?.getTracks() ?? []) {
    track.stopDrawing?.();
    track.stop();
  }
}

function stop(why = "") {
  clearTimeout(timer);
  const old = watching;
  watching = null;
  old?.socket?.close();
  close(old?.stream);
  video.srcObject = null;
  stage.dataset.playing = "false";
  stage.style.aspectRatio = "";
  boxes.replaceChildren();
  for (const id of ["rate", "latency", "model-time", "seen"]) find(id).textContent = "–";
  toggle.textContent = "Start";
  error.textContent = why;
  tell("off", why ? "Stopped." : "Stopped. Press Start to go on.");
}

// --- the line -----------------------------------------------------------------

function connect(mine) {
  const address = here("stream");
  address.protocol = address.protocol.replace("http", "ws"); // and https becomes wss
  const socket = new WebSocket(address);
  mine.socket = socket;
  mine.sent.clear();
  mine.read = 0;
  tell("wait", "Connecting …");
  socket.onmessage = (event) => {
    if (watching === mine) hear[JSON.parse(event.data).type]?.(JSON.parse(event.data), mine);
  };
  socket.onclose = (event) => {
    if (watching === mine && mine.socket === socket) lost(mine, event);
  };
}

function lost(mine, event) {
  boxes.replaceChildren();
  const why = event.code === 1013 ? "Too many watch already." : "The server is gone.";
  const wait = pause * (0.75 + Math.random() / 2);
  pause = Math.min(pause * 2, LONGEST);
  tell("lost", `${why} Trying again in ${Math.ceil(wait / 1000)} s.`);
  timer = setTimeout(() => connect(mine), wait);
}

const hear = {
  welcome: (message, mine) => {
    pause = SHORTEST;
    name(message.model);
    tell("on", "Watching.");
    error.textContent = "";
    send(mine, mine.socket);
  },
  seen: (message, mine) => {
    mine.read = message.number;
    const now = performance.now();
    mine.times = [...mine.times.filter((time) => now - time < SPAN), now];
    const latency = now - (mine.sent.get(message.frame_id) ?? now);
    for (const id of mine.sent.keys()) if (id <= message.frame_id) mine.sent.delete(id);
    draw(message);
    figures(message, mine, latency);
  },
  refused: (message, mine) => {
    mine.read = message.number;
    error.textContent = message.why;
  },
};

// A frame for each that the camera gives, but never behind one that is still leaving.
function send(mine, socket) {
  if (watching !== mine || mine.socket !== socket || socket.readyState !== WebSocket.OPEN) return;
  const again = () => send(mine, socket);
  const now = performance.now();
  if (socket.bufferedAmount === 0 && now - mine.last >= FASTEST - 2 && video.videoWidth && !mine.busy) {
    mine.last = now;
    capture(mine, socket);
  }
  setTimeout(again, FASTEST / 2);
}

function capture(mine, socket) {
  const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  const id = ++mine.id;
  mine.sent.set(id, performance.now());
  mine.busy = true;
  canvas.toBlob((jpeg) => {
    mine.busy = false;
    if (!jpeg || mine.socket !== socket || socket.readyState !== WebSocket.OPEN) return;
    const head = new DataView(new ArrayBuffer(8));
    head.setUint32(0, id);
    head.setUint32(4, mine.read);
    socket.send(new Blob([head, jpeg]));
  }, "image/jpeg", 0.8);
}

// --- what is seen -------------------------------------------------------------

// Shares of the frame, not pixels: so it fits a video that is shown in any size.
function draw({ objects, width, height }) {
  boxes.replaceChildren(
    ...objects.map(({ label, score, box: [left, top, right, bottom] }) => {
      const item = document.createElement("div");
      item.className = "box";
      item.dataset.label = label;
      item.style.left = `${(100 * left) / width}%`;
      item.style.top = `${(100 * top) / height}%`;
      item.style.width = `${(100 * (right - left)) / width}%`;
      item.style.height = `${(100 * (bottom - top)) / height}%`;
      const words = document.createElement("span");
      words.textContent = `${label} ${Math.round(score * 100)} %`;
      item.append(words);
      return item;
    }),
  );
}

function figures({ ms, objects }, mine, latency) {
  const span = mine.times.at(-1) - mine.times[0];
  find("rate").textContent = span ? (((mine.times.length - 1) * 1000) / span).toFixed(1) : "–";
  find("latency").textContent = `${Math.round(latency)} ms`;
  find("model-time").textContent = `${Math.round(ms)} ms`;
  const counts = new Map();
  for (const { label } of objects) counts.set(label, (counts.get(label) ?? 0) + 1);
  const words = [...counts].map(([label, count]) => (count > 1 ? `${count} × ${label}` : label));
  find("seen").textContent = words.join(", ") || "nothing that it knows";
}

function name({ name, rung, source: from, device, engine }) {
  find("model").textContent = `${name} (rung: ${rung}, ${from}, ${engine} on ${device})`;
}

controls.addEventListener("submit", (event) => {
  event.preventDefault();
  if (watching) stop();
  else start();
});
source.addEventListener("change", () => {
  if (!watching) return;
  stop();
  start();
});
navigator.mediaDevices?.addEventListener("devicechange", listCameras);

await listCameras();
try {
  name(await (await fetch(here("model"))).json());
} catch {
  tell("lost", "The server is gone. Press Start to try again.");
}
