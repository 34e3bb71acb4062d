/* With film.js, terms.js and figures.js the only JavaScript of the course. It shows the HTML regions that Python wrote, sends what the
   student does, keeps the keyboard focus where the student is, and lets the student draw a curve. */

const sameNode = (a, b) =>
  a.nodeName === b.nodeName && a.id === b.id && a.dataset?.fresh === b.dataset?.fresh;

/* Make `old` look like `next` without replacing what can stay: focus, drags and transitions live on. */
function morph(old, next) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue;
    return;
  }
  if (old.hasAttribute("data-draw")) return; // the curve is in the student's hand
  if (old.nodeName === "CANVAS") return; // what is drawn on it stands nowhere else
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (name !== "xmlns" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (old.type === "range" && old !== document.activeElement) old.value = next.getAttribute("value");
  morphChildren(old, next);
}

function morphChildren(old, next) {
  const before = [...old.childNodes];
  const after = [...next.childNodes];
  after.forEach((child, i) => {
    if (i >= before.length) old.append(child);
    else if (sameNode(before[i], child)) morph(before[i], child);
    else before[i].replaceWith(child);
  });
  before.slice(after.length).forEach((child) => child.remove());
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/* Whether the kernel is known to be running a cell: the notebook of the course says so when it is
   asked, any other shows [*] beside the cell. */
function isBusy(root) {
  root.dispatchEvent(new CustomEvent("crmsim-unanswered", { bubbles: true, composed: true }));
  if (root.closest("[data-kernel]")?.dataset.kernel === "busy") return true;
  const prompts = root.closest(".jp-Notebook")?.querySelectorAll(".jp-InputPrompt") ?? [];
  return [...prompts].some((prompt) => prompt.textContent.includes("[*]"));
}

/* Do something when the next picture is there; in a page that draws none, soon. */
function afterFrame(work) {
  let waits = true;
  const once = () => {
    if (waits) work();
    waits = false;
  };
  requestAnimationFrame(() => setTimeout(once));
  setTimeout(once, 200);
}

/* Acts go out one at a time: the next one waits until the kernel has answered the last. A click
   is not repeated while another one is under way, but it does wait for what is moved or typed.
   In an exercise nothing is decided for good, and a click waits for other clicks too. */
function postbox(model, root, ahead) {
  let serial = 0;
  let waitingFor = null;
  let moving = false;
  const nextMoves = new Map(); // the last one of each slider or field
  const nextClicks = [];
  let patience = null;
  const send = (act, value, isMove) => {
    const number = ++serial;
    waitingFor = number;
    moving = isMove;
    patience = setTimeout(() => {
      root.dataset.stuck = model.get(isBusy(root) ? "busy" : "stuck");
      root.setAttribute("data-waiting", "long");
    }, 8000);
    root.setAttribute("data-waiting", "short");
    const go = () => model.send({ act, value, serial: number });
    if (!isMove && ahead(act, value)) afterFrame(go);
    else go();
  };
  const heard = (message) => {
    if (message.ack !== waitingFor) return;
    waitingFor = null;
    clearTimeout(patience);
    root.removeAttribute("data-waiting");
    const [field, move] = nextMoves.entries().next().value ?? [];
    if (move) {
      nextMoves.delete(field);
      send(...move, true);
    } else if (nextClicks.length) send(...nextClicks.shift(), false);
  };
  return {
    heard,
    click: (act, value) => {
      if (waitingFor === null) send(act, value, false);
      else if (root.dataset.screen === "exercise") nextClicks.push([act, value]);
      else if (moving) nextClicks.splice(0, 1, [act, value]);
    },
    move: (act, value) => {
      if (waitingFor === null) send(act, value, true);
      else nextMoves.set(act + /^[^=]*(?==)/.exec(value), [act, value]);
    },
  };
}

const TYPED = ["range", "text", "number", "textarea", "select-one"];

function listen(root, post) {
  const actOf = (event) => event.target.closest?.("[data-act]");
  root.addEventListener("click", (event) => {
    const byPointer = event.detail > 0;
    if (byPointer && root.hasAttribute("data-new")) return;
    const button = actOf(event);
    if (button && !TYPED.includes(button.type)) post.click(button.dataset.act, button.dataset.value ?? "");
  });
  root.addEventListener("input", (event) => {
    const slider = actOf(event);
    if (slider) post.move(slider.dataset.act, `${slider.dataset.value}=${slider.value}`);
  });
  /* Single keys stay in the play; while Ctrl or Cmd is held the notebook's own shortcuts work. */
  const shortcuts = (through) =>
    root.setAttribute("data-lm-suppress-shortcuts", String(!through));
  root.addEventListener("keyup", (event) => shortcuts(event.ctrlKey || event.metaKey));
  root.addEventListener("focusout", () => shortcuts(false));
  root.addEventListener("keydown", (event) => {
    shortcuts(event.ctrlKey || event.metaKey);
    if (event.ctrlKey || event.metaKey) return;
    event.stopPropagation();
    if (event.altKey) return;
    if (event.key === "Escape") leave(root);
    if (event.key === "Enter" && event.target.dataset.enter) {
      root.querySelector(`#${CSS.escape(event.target.dataset.enter)}`)?.click();
    }
    const typing = event.target.matches("textarea, input:not([type=range])");
    const choice = /^[1-9]$/.test(event.key) && !event.repeat && root.querySelector(`[data-key="${event.key}"]`);
    if (choice && !typing) choice.click();
  });
}

/* A curve drawn by hand, a value at each of the places that Python wrote down: by mouse, finger or
   arrow keys. It is drawn here at once, and sent whole when the hand is lifted. */
const CHANGES = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5, Enter: 0, " ": 0 };
const WALKS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
const between = (low, value, high) => Math.min(high, Math.max(low, value));
const numbers = (text) => (text ? text.split(" ").map(Number) : []);

function read(board) {
  const [bottom, top, low, high, step, start] = numbers(board.dataset.scale);
  const [xs, values] = [numbers(board.dataset.places), numbers(board.dataset.values)];
  return { bottom, top, low, high, step, start, xs, values, sliders: [...board.querySelectorAll("[role=slider]")] };
}

/* Put `wanted` at a place, and a straight line between it and where the hand was, or the last value. */
function drawTo(board, held, place, wanted) {
  const { bottom, top, low, high, step, start, xs, values, sliders } = read(board);
  const from = held ?? Math.min(place, values.length - 1);
  const first = values[from] ?? start;
  for (let left = Math.abs(place - from); left >= 0; left--) {
    const at = place - Math.sign(place - from) * left;
    const value = left ? first + (wanted - first) * (1 - left / Math.abs(place - from)) : wanted;
    if (at >= 0) values[at] = Number((Math.round(between(low, value, high) / step) * step).toFixed(6));
  }
  const digits = (String(step).split(".")[1] ?? "").length;
  const spot = (value, at) => `${xs[at]} ${bottom - ((bottom - top) * (value - low)) / (high - low)}`;
  board.dataset.values = values.join(" ");
  board.querySelector(".ex-curve").setAttribute("d", `M${[start, ...values].map(spot).join("L")}`);
  board.querySelector(".ex-begin").textContent = "";
  sliders.forEach((slider, at) => {
    const value = values[at] ?? values.at(-1);
    slider.setAttribute("transform", `translate(${spot(value, at + 1)})`);
    slider.setAttribute("aria-valuenow", value);
    slider.classList.toggle("open", at >= values.length);
    if (at >= values.length) return;
    const told = value.toFixed(digits);
    slider.setAttribute("aria-valuetext", board.dataset.say.replace("{value}", told));
    slider.querySelector("text").textContent = told;
  });
}

function pencil(root, post) {
  let board = null;
  let held = null;
  const focusOn = ({ sliders }, at) => {
    sliders.forEach((slider, place) => (slider.tabIndex = place === at ? 0 : -1));
    sliders[at].focus({ preventScroll: true });
  };
  const follow = (event) => {
    const { bottom, top, low, high, xs } = read(board);
    const toPicture = board.querySelector("svg").getScreenCTM().inverse();
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(toPicture);
    const at = between(0, Math.round((x - xs[0]) / (xs[1] - xs[0])) - 1, xs.length - 2);
    drawTo(board, held, at, low + ((high - low) * (bottom - y)) / (bottom - top));
    held = at;
  };
  const lift = () => {
    if (!board) return;
    post.move(board.dataset.draw, board.dataset.values);
    focusOn(read(board), held);
    board = held = null;
  };
  root.addEventListener("pointerdown", (event) => {
    board = event.button ? null : event.target.closest?.("[data-draw]");
    if (!board) return;
    event.preventDefault();
    board.setPointerCapture(event.pointerId);
    follow(event);
  });
  root.addEventListener("pointermove", (event) => board && follow(event));
  root.addEventListener("pointerup", lift);
  root.addEventListener("pointercancel", lift);
  root.addEventListener("keydown", (event) => {
    const drawn = event.target.closest?.("[data-draw]");
    if (!drawn || event.ctrlKey || event.metaKey || event.altKey) return;
    const { sliders, step } = read(drawn);
    const at = sliders.indexOf(event.target);
    if (event.key in WALKS) focusOn({ sliders }, between(0, at + WALKS[event.key], sliders.length - 1));
    else if (event.key in CHANGES) {
      drawTo(drawn, null, at, Number(event.target.getAttribute("aria-valuenow")) + CHANGES[event.key] * step);
      post.move(drawn.dataset.draw, drawn.dataset.values);
    } else return;
    event.preventDefault();
  });
}

/* Cards in the student's hand. One that is dragged onto a place is sent as "card=place"; within a
   thread, a line follows the hand instead of the card. Arrow keys move a card by one place. */
function hands(root, post) {
  let card = null;
  let from = null;
  let shadow = null;
  let over = null;
  const placeUnder = ({ clientX, clientY }) => {
    const under = root.getRootNode().elementFromPoint(clientX, clientY)?.closest("[data-place]");
    return under && root.contains(under) ? under : null;
  };
  const mark = (place) => {
    over?.classList.remove("ex-over");
    over = place;
    over?.classList.add("ex-over");
  };
  const drag = ({ clientX, clientY }) => {
    const { left, top } = root.getBoundingClientRect();
    if (!card.closest("[data-thread]")) {
      shadow.style.transform = `translate(${clientX - left + 8}px, ${clientY - top + 8}px)`;
      return;
    }
    const box = card.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    shadow.style.width = `${Math.hypot(clientX - x, clientY - y)}px`;
    const turn = Math.atan2(clientY - y, clientX - x);
    shadow.style.transform = `translate(${x - left}px, ${y - top}px) rotate(${turn}rad)`;
  };
  const begin = () => {
    shadow = document.createElement("div");
    const threaded = card.closest("[data-thread]");
    shadow.className = threaded ? "ex-thread" : "ex-shadow";
    if (!threaded) shadow.append(...card.cloneNode(true).childNodes);
    root.append(shadow);
    card.classList.add("ex-dragged");
  };
  const end = () => {
    shadow?.remove();
    card?.classList.remove("ex-dragged");
    mark(null);
    card = shadow = null;
  };
  root.addEventListener("pointerdown", (event) => {
    card = event.button ? null : (event.target.closest?.("[data-card]") ?? null);
    from = [event.clientX, event.clientY];
    if (card) card.releasePointerCapture?.(event.pointerId);
  });
  root.addEventListener("pointermove", (event) => {
    if (!card) return;
    if (!shadow && Math.hypot(event.clientX - from[0], event.clientY - from[1]) < 8) return;
    if (!shadow) {
      root.setPointerCapture(event.pointerId);
      begin();
    }
    drag(event);
    mark(placeUnder(event));
  });
  root.addEventListener("pointerup", (event) => {
    const place = shadow && placeUnder(event);
    if (shadow) {
      /* What was dragged is not clicked as well. */
      const still = (click) => click.stopPropagation();
      root.addEventListener("click", still, { capture: true, once: true });
      setTimeout(() => root.removeEventListener("click", still, { capture: true }), 0);
    }
    if (place && place !== card) post.click("drop", `${card.dataset.card}=${place.dataset.place}`);
    end();
  });
  root.addEventListener("pointercancel", end);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") end();
    const held = event.target.closest?.("[data-arrows]");
    const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!held || !way || event.ctrlKey || event.metaKey || event.altKey) return;
    post.click(held.dataset.arrows, `${held.dataset.card}=${way}`);
    event.preventDefault();
  });
}

/* Keep a file that the kernel has made where the browser keeps its downloads. */
function keepFile({ download }, buffers) {
  if (!download) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([buffers[0]]));
  link.download = download;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/* Give the keyboard back to the notebook. */
function leave(root) {
  document.activeElement?.blur();
  (root.closest(".jp-Cell") ?? root.closest(".jp-Notebook"))?.focus({ preventScroll: true });
}

function paintRegions(root, live, regions, shown) {
  for (const region of [...root.querySelectorAll(":scope > [data-region]")]) {
    if (!(region.dataset.region in regions)) region.remove();
  }
  for (const [name, html] of Object.entries(regions)) {
    let region = root.querySelector(`:scope > [data-region="${name}"]`);
    if (!region) {
      region = document.createElement("div");
      region.dataset.region = name;
      root.insertBefore(region, live);
    } else if (shown.regions[name] === html) continue;
    morphChildren(region, parse(html));
  }
  shown.regions = regions;
}

/* The screen that the kernel has sent ahead of this act; what it answers then comes on top. */
function screenAhead(model, act, value) {
  const later = model.get("ahead") ?? {};
  return act === later.act && (!later.value || value === later.value) && !still() ? later : null;
}

function paint(root, live, model, shown) {
  root.dataset.screen = model.get("screen");
  root.lang = model.get("lang");
  root.setAttribute("aria-label", model.get("title"));
  paintRegions(root, live, model.get("regions"), shown);
  rest(root, shown);
  if (live.textContent !== model.get("say")) live.textContent = model.get("say");
}

/* A screen that has just come takes no click for a moment: the second click of a double one was
   meant for the screen before. Exercises and the passport change under the hand, and take it; so
   does a screen that came by itself, as the next quarter of a history does: nothing was clicked. */
const REST_MS = 350;

function rest(root, shown) {
  const { screen } = root.dataset;
  const heading = `${screen}: ${root.querySelector("#heading")?.textContent}`;
  if (heading === shown.heading || ["exercise", "passport"].includes(screen)) return;
  const byItself = shown.heading && !root.hasAttribute("data-waiting");
  shown.heading = heading;
  if (byItself) return;
  clearTimeout(shown.resting);
  root.setAttribute("data-new", "");
  shown.resting = setTimeout(() => root.removeAttribute("data-new"), REST_MS);
}

/* Change what is shown, and keep the keyboard's focus in it: on the element of that id, or where it was.
   A focus that moves makes the browser lay out the page, so it moves when all else is done. */
function keepFocus(root, change, wanted) {
  const hadFocus = root.contains(document.activeElement);
  change();
  if (!hadFocus) return;
  const target = wanted && root.querySelector(`#${CSS.escape(wanted)}`);
  if (target) target.focus({ preventScroll: true });
  else if (!root.contains(document.activeElement)) root.focus({ preventScroll: true });
}

/* anywidget gives a script two seconds to load. Where it takes longer, all that the kernel sends to
   this model is dropped for good (runtime.ts, 0.9 to 0.11), and the stage would stay empty. By the
   time of this call the script is there: a stage still empty a second later hears the kernel as
   ipywidgets does, and asks for what was dropped. */
const DROPPED_MS = 1000;

function hearDropped(model) {
  if (Object.keys(model.get("regions")).length) return;
  let own = null; // the model itself: only an event hands it over
  const find = (self) => (own = self);
  model.on("change:turn", find);
  model.set("turn", model.get("turn") + 1);
  model.set("turn", model.get("turn") - 1);
  model.off("change:turn", find);
  if (!own.comm) return; // a saved notebook, without a kernel
  const inherited = Object.getPrototypeOf(own.constructor.prototype);
  own.comm.on_msg((message) => inherited._handle_comm_msg.call(own, message));
  model.send({ need: "state" });
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "crmsim-stage";
  root.tabIndex = -1;
  root.setAttribute("role", "region");
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  const live = document.createElement("p");
  live.className = "crmsim-live";
  live.setAttribute("aria-live", "polite");
  root.append(live);
  el.classList.add("crmsim-frame");
  el.append(root);
  const shown = { regions: {}, turn: model.get("turn") };
  const showFilm = projector(root);
  const post = postbox(model, root, (...act) => {
    const later = screenAhead(model, ...act);
    if (!later) return false;
    keepFocus(root, () => {
      root.dataset.screen = later.screen;
      paintRegions(root, live, later.regions, shown);
      showFilm(false);
    });
    return true;
  });
  const update = () => {
    const moved = model.get("turn") !== shown.turn;
    shown.turn = model.get("turn");
    const change = () => {
      paint(root, live, model, shown);
      showFilm(false);
    };
    keepFocus(root, change, moved && model.get("focus"));
  };
  listen(root, post);
  pencil(root, post);
  hands(root, post);
  const mark = ({ terms }) => terms && markLesson(root.closest(".jp-Notebook"), terms);
  /* The notebook around a stage is known only once the stage stands in it. */
  const explain = () => root.isConnected && explainTerms(root, () => model.send({ need: "terms" }));
  model.on("msg:custom", mark);
  explain();
  const standing = setInterval(() => {
    if (!root.isConnected) return;
    clearInterval(standing);
    explain();
  }, 250);
  model.on("change", update);
  model.on("msg:custom", post.heard);
  model.on("msg:custom", keepFile);
  paint(root, live, model, shown);
  showFilm(true);
  const hearing = setTimeout(hearDropped, DROPPED_MS, model);
  /* While a stage was out of sight its game may have been played on in another cell. */
  const sight = new IntersectionObserver((seen) => {
    if (!seen.at(-1).isIntersecting) return;
    explain();
    model.send({ need: "look" });
  });
  sight.observe(root);
  return () => {
    clearInterval(standing);
    clearTimeout(hearing);
    sight.disconnect();
    model.off("change", update);
    model.off("msg:custom", post.heard);
    model.off("msg:custom", keepFile);
    model.off("msg:custom", mark);
  };
}

export default { render };
