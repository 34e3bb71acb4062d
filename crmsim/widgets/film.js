/* The film of the loop. Python has computed what happens at which second (data-film); here it is
   drawn, frame by frame, on the finished SVG, which stands again as it was when the film is over. */

const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const points = (path) => path.slice(1).split("L").map((place) => place.split(" ").map(Number));
const pathOf = (places) => `M${places.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
const eased = (share) => share * share * (3 - 2 * share);
const PHONE_PX = 700; // as in stage.css
const SVG_SPACE = "http://www.w3.org/2000/svg";

/* Write a text that may change in every frame. Its node stays: those who watch the notebook for what
   is new in it need not look again. */
function write(element, text) {
  const [node] = element.childNodes;
  if (!node) element.textContent = text;
  else if (node.nodeValue !== text) node.nodeValue = text;
}

/* The part of a curve up to a place, with a point of its own there. */
function upTo(places, x) {
  const rest = places.findIndex(([left]) => left > x);
  if (rest < 1) return rest < 0 ? places : places.slice(0, 1);
  const [[x0, y0], [x1, y1]] = places.slice(rest - 1, rest + 1);
  return [...places.slice(0, rest), [x, y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)]];
}

/* A small curve that draws itself against the base case. */
function curveOf(node) {
  const [run, base, gap, tip] = ["run", "base", "gap", "tip"].map((name) => node.querySelector(`.${name}`));
  const [runPlaces, basePlaces] = [run, base].map((path) => points(path.getAttribute("d")));
  const width = runPlaces.at(-1)[0];
  return (share) => {
    const drawn = upTo(runPlaces, width * share);
    const below = upTo(basePlaces, width * share);
    run.setAttribute("d", pathOf(drawn));
    gap.setAttribute("d", `${pathOf(drawn)}L${pathOf([...below].reverse()).slice(1)}Z`);
    tip.setAttribute("visibility", share < 1 ? "visible" : "hidden");
    tip.setAttribute("cx", drawn.at(-1)[0]);
    tip.setAttribute("cy", drawn.at(-1)[1]);
  };
}

/* A tank that fills and empties; its base case is the dashed line and the words below. */
function tankOf(tank, { levels, base, said, base_said: baseSaid }) {
  if (!tank) return () => {};
  const [water, line] = tank.querySelectorAll("path.bar");
  const [, value, label] = tank.querySelectorAll("text");
  const named = label.textContent;
  const [shape, rule] = [water, line].map((path) => path.getAttribute("d"));
  const height = (level) => (116 - 88 * Math.min(1, Math.max(0, level))).toFixed(1);
  return (passed, over) => {
    const at = Math.min(Math.floor(passed), levels.length - 1);
    const next = Math.min(at + 1, levels.length - 1);
    const between = (values) => values[at] + (values[next] - values[at]) * (passed - Math.floor(passed));
    water.setAttribute("d", over ? shape : shape.replace(/^M4 [\d.]+/, `M4 ${height(between(levels))}`));
    line.setAttribute("d", over ? rule : rule.replace(/^M2 [\d.]+/, `M2 ${height(between(base))}`));
    write(value, over ? said.at(-1) : said[at]);
    write(label, over ? named : named.replace(baseSaid.at(-1), baseSaid[at]));
  };
}

/* Set dots into a picture of pixels: strokes of thousands of them take ten times as long. */
function stamp({ data, width, height }, { places, colour, size }, sharp) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const radius = (sharp * size) / 2;
  for (const [left, top] of places) {
    const [x, y] = [left * sharp - 0.5, top * sharp - 0.5];
    const [right, bottom] = [Math.min(width - 1, x + radius + 0.5), Math.min(height - 1, y + radius + 0.5)];
    for (let row = Math.max(0, Math.ceil(y - radius - 0.5)); row <= bottom; row++) {
      for (let column = Math.max(0, Math.ceil(x - radius - 0.5)); column <= right; column++) {
        const alpha = 255 * Math.min(1, radius + 0.5 - Math.hypot(column - x, row - y));
        const at = 4 * (row * width + column);
        if (alpha <= data[at + 3]) continue;
        data[at] = red;
        data[at + 1] = green;
        data[at + 2] = blue;
        data[at + 3] = alpha;
      }
    }
  }
}

/* The dots of a town on a canvas behind its picture, which would draw all of its thousands anew for
   every frame: everybody once, and each group of those who change from its second on. */
const FADE_S = 0.25;

function dotsOf(place) {
  const canvas = place.querySelector("canvas");
  if (!canvas) return () => {};
  const box = place.querySelector("svg").viewBox.baseVal;
  const groups = [...place.querySelectorAll(".dots path")].map((path) => ({
    at: path.dataset.at ? Number(path.dataset.at) : -FADE_S,
    places: path.getAttribute("d").split("h0").slice(0, -1).map((dot) => dot.slice(1).split(" ").map(Number)),
    colour: path.getAttribute("stroke"),
    size: Number(path.getAttribute("stroke-width")),
  }));
  groups.sort((one, other) => one.at - other.at);
  const shown = canvas.getContext("2d");
  let full = null; // the picture of those who have come
  let count = 0; // how many groups are in it
  let before = 0;
  return (second) => {
    const sharp = Math.min(2, window.devicePixelRatio);
    if (!full || second < before || full.width !== Math.round(box.width * sharp)) {
      canvas.width = Math.round(box.width * sharp);
      canvas.height = Math.round(box.height * sharp);
      full = shown.createImageData(canvas.width, canvas.height);
      count = 0;
    }
    before = second;
    for (; count < groups.length && groups[count].at + FADE_S <= second; count++) stamp(full, groups[count], sharp);
    shown.putImageData(full, 0, 0);
    for (const { at, places, colour, size } of groups.slice(count)) {
      if (at >= second) break;
      shown.globalAlpha = (second - at) / FADE_S;
      shown.fillStyle = colour;
      for (const [x, y] of places) {
        shown.beginPath();
        shown.arc(sharp * x, sharp * y, (sharp * size) / 2, 0, 2 * Math.PI);
        shown.fill();
      }
    }
  };
}

/* The arrow behind a node that is to be seen: on a phone the loop is tall, and has others. */
function shownArrow(place, at, narrow) {
  const arrows = [...place.querySelectorAll(`[data-arrow="${at}"]`)];
  return arrows.find((arrow) => arrow.classList.contains("on-narrow") === narrow) ?? arrows[0];
}

/* What travels: a token along an arrow, or from the centre to the node on which a decision acts. */
function moveOf(place, move, nodeCount, narrow) {
  const { node, start, stop, direct, good, mark } = move;
  const arrow = shownArrow(place, (node + nodeCount - 1) % nodeCount, narrow);
  const way = direct ? document.createElementNS(SVG_SPACE, "path") : arrow.querySelector(".way");
  const svg = place.querySelector("svg");
  if (direct) {
    const { dataset } = place.querySelector(`[data-node="${node}"]`);
    const [x, y] = ((narrow && dataset.narrow) || dataset.place).split(" ").map(Number);
    const { width, height } = svg.viewBox.baseVal;
    const [left, top] = [width / 2, height / 2 - 30];
    const at = (share) => [left + (x - left) * share, top + (y - top) * share];
    way.setAttribute("d", pathOf([at(0.52), at(0.76)]));
    way.setAttribute("class", "entry-way");
  }
  const sign = direct ? "own" : (node + nodeCount - 1) % nodeCount;
  const token = place.querySelector(`[data-token="${sign}"]`).cloneNode(true);
  token.removeAttribute("data-token");
  token.setAttribute("class", `token ${direct ? "own" : good ? "good" : "bad"}`);
  token.querySelector(".mark").textContent = mark;
  const layer = document.createElementNS(SVG_SPACE, "g");
  layer.setAttribute("class", "travelling");
  layer.setAttribute("aria-hidden", "true");
  if (direct) layer.append(way);
  layer.append(token);
  svg.append(layer);
  let known = null;
  return {
    arrow: direct ? null : arrow,
    stop,
    remove: () => layer.remove(),
    measure: (second) => {
      if (second >= start) known ??= measured(way);
    },
    show: (second) => {
      const share = eased(Math.min(1, Math.max(0, (second - start) / (stop - start))));
      const shown = second >= start && second < stop + 0.25;
      layer.setAttribute("visibility", shown ? "visible" : "hidden");
      if (!known) return { share, length: 0 };
      if (!shown) return { share, length: known.length };
      const [x, y] = known.at(share);
      const size = 1 + 1.6 * Math.min(0.25, Math.max(0, second - stop));
      token.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${size.toFixed(2)})`);
      token.setAttribute("opacity", second < stop ? 1 : Math.max(0, 1 - 4 * (second - stop)).toFixed(2));
      return { share, length: known.length };
    },
  };
}

/* The length of a way, and its points. To ask for one makes the browser lay out the page, so they
   are read once, before anything is changed. */
const PIECES = 32;

function measured(way) {
  const length = way.getTotalLength();
  const places = Array.from({ length: PIECES + 1 }, (_, i) => way.getPointAtLength((length * i) / PIECES));
  const at = (share) => {
    const piece = Math.min(PIECES - 1, Math.floor(PIECES * share));
    const [from, to, rest] = [places[piece], places[piece + 1], PIECES * share - piece];
    return [from.x + (to.x - from.x) * rest, from.y + (to.y - from.y) * rest];
  };
  return { length, at };
}

function filmOf(root, place, isNarrow) {
  const source = place.dataset.film;
  const data = JSON.parse(source);
  const nodes = [...place.querySelectorAll("[data-node]")];
  const curves = nodes.map(curveOf);
  const reached = nodes.map((node) => node.classList.contains("lit"));
  /* What arrives first at a node may be worse for it, and what becomes of it better. */
  const signs = nodes.map((_, i) => data.moves.find(({ node }) => node === i)?.good);
  const lines = root.querySelectorAll(".during-film li");
  const timed = root.querySelectorAll("[data-at]:not(.dots *)");
  const dots = dotsOf(place);
  const planes = [...place.querySelectorAll(".plane")];
  const flights = place.querySelector(".flights");
  const tanks = [...root.querySelectorAll(".crmsim-tank")];
  const levels = data.tanks.map((tank, i) => tankOf(tanks[i], tank));
  const [money, counter] = [".money", ".counter"].map((name) => place.querySelector(name));
  const sum = money.textContent;
  const [button, skip] = place.querySelectorAll("[data-film-act]");
  const range = place.querySelector("input[type=range]");
  let moves = [];
  let narrow = false; // the loop of a phone is tall
  let second = data.seconds;
  let clock = null; // the time of the last frame, while the film runs
  let frame = 0;

  const weekAt = (time) => {
    const after = data.keys.findIndex(([at]) => at > time);
    if (after < 0) return data.keys.at(-1)[1];
    const [[t0, w0], [t1, w1]] = data.keys.slice(after - 1, after + 1);
    return w0 + ((w1 - w0) * (time - t0)) / (t1 - t0);
  };
  const forget = () => {
    moves.forEach((move) => move.remove());
    moves = [];
  };
  const show = (time) => {
    second = Math.min(data.seconds, Math.max(0, time));
    const over = second >= data.seconds;
    if (!over && narrow !== isNarrow()) forget();
    if (!over && !moves.length) {
      narrow = isNarrow();
      moves = data.moves.map((move) => moveOf(place, move, nodes.length, narrow));
    }
    moves.forEach((move) => move.measure(second));
    root.toggleAttribute("data-filming", !over);
    const week = weekAt(second);
    const [from, to] = data.span;
    curves.forEach((draw) => draw((week - from) / (to - from)));
    const passed = week - data.first;
    levels.forEach((fill) => fill(passed, over));
    write(money, over ? sum : data.money[Math.floor(passed)]);
    if (data.flights) {
      const { fleet, late, said } = data.flights[over ? data.flights.length - 1 : Math.floor(passed)];
      write(flights, said);
      planes.forEach((plane, i) => {
        plane.setAttribute("visibility", i < fleet ? "visible" : "hidden");
        plane.classList.toggle("late", i >= fleet - late);
      });
    }
    write(counter, data.counter.replace("{week}", Math.floor(week)));
    nodes.forEach((node, i) => {
      node.classList.toggle("waiting", second < data.lit[i]);
      node.classList.toggle("rose", signs[i] === true);
      node.classList.toggle("fell", signs[i] === false);
      node.classList.toggle("arrived", !over && reached[i] && second >= data.lit[i] && second < data.lit[i] + 0.7 && data.lit[i] > 0);
    });
    const ways = new Map();
    for (const move of moves) {
      const { share, length } = move.show(second);
      if (move.arrow && data.whole) ways.set(move.arrow, Math.max(ways.get(move.arrow)?.share ?? 0, share) === share ? { share, length } : ways.get(move.arrow));
    }
    for (const [arrow, { share, length }] of ways) {
      const way = arrow.querySelector(".way");
      way.style.strokeDasharray = over || share >= 1 ? "" : `${(length * share).toFixed(1)} ${length.toFixed(1)}`;
      way.style.visibility = over || share > 0 ? "" : "hidden";
      arrow.classList.toggle("waiting", !over && share < 1);
    }
    dots(second);
    timed.forEach((one) => one.classList.toggle("waiting", second < Number(one.dataset.at)));
    lines.forEach((line, i) => line.classList.toggle("waiting", second < data.times[i]));
    if (over) forget();
    if (document.activeElement !== range || clock !== null) range.value = (1000 * second) / data.seconds;
    range.setAttribute("aria-valuetext", counter.textContent);
    const said = clock !== null ? "pause" : over ? "again" : "go";
    write(button, button.dataset[said]);
    skip.hidden = over;
  };
  const step = (now) => {
    const passed = Math.min(1, (now - clock) / 1000);
    clock = now;
    if (second + passed >= data.seconds) return end();
    frame = requestAnimationFrame(step);
    show(second + passed);
  };
  const pause = () => {
    cancelAnimationFrame(frame);
    clock = null;
  };
  const end = () => {
    pause();
    show(data.seconds);
    const focused = document.activeElement;
    if (focused === place || focused === skip || focused === document.body) root.querySelector("#heading")?.focus({ preventScroll: true });
  };
  const run = (from) => {
    pause();
    clock = performance.now();
    show(from);
    frame = requestAnimationFrame(step);
  };
  const turn = () => {
    if (clock !== null) {
      pause();
      show(second);
    } else run(second >= data.seconds ? 0 : second);
  };
  button.onclick = turn;
  skip.onclick = end;
  range.oninput = (event) => {
    event.stopPropagation();
    pause();
    show((data.seconds * range.value) / 1000);
  };
  place.classList.add("ready");
  return { place, source, run, end, turn, stop: pause, rest: () => show(data.seconds), refit: () => show(second), running: () => clock !== null, over: () => second >= data.seconds };
}

/* Shows the film of a stage whenever a new one has come; `first`: the stage itself is new. */
function projector(root) {
  let film = null;
  /* The width is known before it is needed: to ask for it then makes the browser lay out the page. */
  let width = Infinity;
  const isNarrow = () => width <= PHONE_PX;
  new ResizeObserver(([{ contentRect }]) => {
    const before = isNarrow();
    width = contentRect.width;
    if (before !== isNarrow()) film?.refit();
  }).observe(root.parentElement);
  root.addEventListener(
    "keydown",
    (event) => {
      if (!film || film.over() || event.ctrlKey || event.metaKey || event.altKey) return;
      const onButton = event.target.closest("button, input, a");
      if (event.key === "Enter" && !onButton) film.end();
      else if (event.key === " " && !onButton) film.turn();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
  return (first) => {
    const place = root.querySelector("[data-film]");
    if (film && film.place === place && film.source === place.dataset.film) return place.classList.add("ready");
    film?.stop();
    const changed = film?.place === place;
    film = place && filmOf(root, place, isNarrow);
    if (!film) root.removeAttribute("data-filming");
    else if (first || changed || still()) film.rest();
    else film.run(0);
  };
}

