/* The notebook serves the game: an extension of JupyterLab and Notebook 7, written as the browser
   runs it. It needs no bundler: the object at the end is the container that JupyterLab asks for
   the plugin, and what the plugin needs of JupyterLab comes from the modules that it shares. */

(() => {
const SOURCE = document.currentScript.src;
const LESSON = /\bcrmsim\b/;
const STAGE = ".crmsim-stage";
const SETTLED_MS = 1500;
/* A cell that shows a game at once; one that waits for a bet is small. */
const GAME = /^(\w+ = )?play\((?![^]*\bafter=)/m;

/* The lessons that are open, by the node of their panel. */
const lessons = new Map();
const lessonOf = (node) => lessons.get(node?.closest?.(".crmsim-lesson"));
const shownLesson = () => [...lessons.values()].find(({ panel }) => panel.isVisible);

/* Where the reader is: a cell, and how far its top is from the top of the window. */
class Place {
  constructor(scroller) {
    this.scroller = scroller;
    this.held = null;
  }

  top(cell) {
    return cell.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top;
  }

  look() {
    const cells = [...this.scroller.querySelectorAll(".jp-Cell")];
    const cell = cells.find((each) => this.top(each) + each.offsetHeight > 1);
    this.last = cell && { cell, top: this.top(cell) };
  }

  /* Keep a cell where it is while others grow or JupyterLab scrolls, until the reader moves. */
  hold(place) {
    const running = this.held !== null;
    this.held = place && { ...place, until: Infinity };
    if (!running && place) this.follow();
  }

  settle() {
    if (this.held) this.held.until = performance.now() + SETTLED_MS;
  }

  release() {
    this.held = null;
  }

  follow() {
    if (!this.held || !this.held.cell.isConnected || performance.now() > this.held.until) {
      this.held = null;
      return;
    }
    const away = this.top(this.held.cell) - this.held.top;
    if (Math.abs(away) > 1) this.scroller.scrollTop += away;
    requestAnimationFrame(() => this.follow());
  }
}

class Lesson {
  constructor(panel, jupyter, ask) {
    Object.assign(this, { panel, jupyter, ask });
    this.notebook = panel.content;
    this.place = new Place(panel.node.querySelector(".jp-WindowedPanel-outer") ?? this.notebook.node);
    this.released = {};
    this.words = {};
    this.going = false;
    this.scheduled = [];
    lessons.set(panel.node, this);
    panel.node.classList.add("crmsim-lesson");
    panel.disposed.connect(() => lessons.delete(panel.node));
    this.fold();
    new MutationObserver(() => this.cover()).observe(this.notebook.node, { childList: true, subtree: true });
    panel.sessionContext.statusChanged.connect((_, status) => this.restarted(status));
  }

  async begin() {
    const { cells, words } = await this.ask(this.panel.context.path);
    Object.assign(this, { released: cells, words });
    for (const [name, text] of Object.entries(words)) {
      this.panel.node.style.setProperty(`--crmsim-${name}`, JSON.stringify(text));
    }
    this.addButtons();
    this.place.look();
    await this.goOn(0);
  }

  get cells() {
    return this.notebook.widgets;
  }

  /* Say on the panel whether a cell is running. The cell knows it better than the kernel's status,
     which other messages change while the cell runs. */
  tellKernel() {
    const running = this.cells.some(({ model }) => model.executionState === "running");
    const status = this.panel.sessionContext.session?.kernel?.status;
    this.panel.node.dataset.kernel = running ? "busy" : status;
  }

  /* Whether a cell is, letter by letter, one of the lesson as it was released. */
  isReleased({ model }) {
    return model.type === "code" && this.released[model.id] === model.sharedModel.getSource();
  }

  /* Run the released cells from a place on, up to the first one that was written in. */
  async goOn(from) {
    const { sessionContext, context } = this.panel;
    await sessionContext.ready;
    const kernel = sessionContext.session?.kernel?.name;
    if (this.going || kernel !== "python3" || context.model.readOnly) return;
    const code = this.cells.slice(from).filter(({ model }) => model.type === "code");
    const stop = code.findIndex((cell) => !this.isReleased(cell));
    const ready = stop < 0 ? code : code.slice(0, stop);
    this.mark(stop < 0 ? null : code[stop]);
    if (ready.length === 0) return;
    for (const cell of ready) cell.toggleClass("crmsim-coming", GAME.test(cell.model.sharedModel.getSource()));
    this.going = true;
    this.notebook.deselectAll();
    try {
      await this.jupyter.NotebookActions.runCells(this.notebook, ready, sessionContext);
    } finally {
      this.going = false;
    }
  }

  /* Say on the first cell that was written in that it waits for its writer. */
  mark(cell) {
    const released = Object.keys(this.released).length > 0;
    for (const each of this.cells) each.toggleClass?.("crmsim-waits", released && each === cell);
  }

  restarted(status) {
    if (status === "restarting" || status === "autorestarting") this.wasRestarted = true;
    else if (status === "idle" && this.wasRestarted) {
      this.wasRestarted = false;
      this.place.look();
      this.goOn(0);
    }
  }

  /* Cells that are to be run come one by one, but within one turn of the browser's loop. */
  schedule(cell) {
    this.scheduled.push(cell);
    if (this.scheduled.length > 1) return;
    queueMicrotask(() =>
      setTimeout(() => {
        const many = this.scheduled.length > 1 || this.going;
        if (many) this.place.hold(this.place.last);
        else this.present(cell);
        this.scheduled = [];
      }),
    );
  }

  /* What was run is scrolled to its top, with the keyboard in it. */
  present(cell) {
    this.place.hold({ cell: cell.node, top: 0 });
    this.entering = cell;
  }

  executed(cell, success) {
    this.place.settle();
    if (!this.begun) {
      // A lesson that begins with a play is played from the first key on.
      this.begun = true;
      if (this.place.top(cell.node) < this.place.scroller.offsetHeight / 2) this.enter(cell.node, 20);
    }
    if (cell === this.entering) {
      this.entering = null;
      this.enter(cell.node, 20);
    }
    if (success && cell.node.classList.contains("crmsim-waits")) {
      this.goOn(this.cells.indexOf(cell) + 1);
    }
  }

  enter(node, tries) {
    const stage = node.querySelector(STAGE);
    if (stage) stage.focus({ preventScroll: true });
    else if (tries > 0) setTimeout(() => this.enter(node, tries - 1), 100);
  }

  /* A key pressed anywhere in the lesson goes to the play that is in sight. */
  play(key) {
    const frame = this.place.scroller.getBoundingClientRect();
    const inSight = (stage) => {
      const box = stage.getBoundingClientRect();
      return Math.min(box.bottom, frame.bottom) - Math.max(box.top, frame.top);
    };
    const wanted = /^[1-9]$/.test(key) ? `[data-key="${key}"]` : "[data-key]";
    const [stage] = [...this.panel.node.querySelectorAll(STAGE)]
      .filter((each) => inSight(each) > 40 && each.querySelector(wanted))
      .sort((one, other) => inSight(other) - inSight(one));
    if (!stage) return;
    stage.focus({ preventScroll: true });
    if (/^[1-9]$/.test(key)) stage.querySelector(wanted).click();
  }

  /* Code is folded away, but for cells in which the student writes. */
  fold() {
    for (const cell of this.cells) {
      if (cell.model.type !== "code") continue;
      cell.syncCollapse = false;
      if (!cell.model.getMetadata("nbgrader")?.solution) cell.inputHidden = true;
    }
  }

  /* The explanation that stands below something covered is covered with it. */
  cover() {
    let covered = false;
    for (const { node, model } of this.cells) {
      if (model.type === "code") covered = node.querySelector(".crmsim-closed") !== null;
      else if (/^#+ /.test(model.sharedModel.getSource())) covered = false;
      if (node.classList.contains("crmsim-covered") !== covered && model.type !== "code") {
        node.classList.toggle("crmsim-covered", covered);
      }
    }
  }

  addButtons() {
    const { ToolbarButton } = this.jupyter;
    const { code, "full-screen": full } = this.words;
    const button = (name, text, onClick) =>
      this.panel.toolbar.addItem(`crmsim-${name}`, new ToolbarButton({ label: text, tooltip: text, onClick }));
    button("code", code, () => {
      const open = this.panel.node.classList.toggle("crmsim-code");
      for (const cell of this.cells) {
        if (cell.model.type === "code") cell.inputHidden = !open;
      }
      if (!open) this.fold();
    });
    button("full-screen", full, () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.panel.node.requestFullscreen();
    });
  }
}

const WRITES = "input, textarea, select, [contenteditable=true], .cm-editor, .jp-Dialog, .lm-Menu, .lm-MenuBar";
const TURNS = ["ArrowLeft", "ArrowRight"]; // fold and unfold sections of a notebook

/* Keys that would change a notebook play instead; a cell in which one is writing keeps its own. */
function hearKeys(event) {
  const lesson = lessonOf(event.target) ?? (event.target === document.body ? shownLesson() : undefined);
  if (!lesson) return;
  lesson.place.look();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest(STAGE)) return;
  if (event.target.closest(WRITES) || event.target.closest("a, button, summary, jp-button")) return;
  const plays = (event.key.length === 1 && event.key !== " ") || (event.key === "Enter" && !event.shiftKey);
  /* The arrows of a slider are its own, not JupyterLab's, which would fold the section. */
  const slider = !plays && event.target.closest("[role=slider]");
  if (slider) slider.dataset.lmSuppressShortcuts = "true";
  if (slider || (!plays && !TURNS.includes(event.key))) return;
  event.stopImmediatePropagation();
  event.preventDefault();
  if (plays) lesson.play(event.key);
}

/* Text of the lesson is read, not edited: two quick clicks on it select a word and no more. */
function keepText(event) {
  if (lessonOf(event.target) && event.target.closest(".jp-MarkdownCell")) event.stopPropagation();
}

function listen(app) {
  window.addEventListener("keydown", hearKeys, true);
  window.addEventListener("dblclick", keepText, true);
  window.addEventListener("pointerdown", () => shownLesson()?.place.look(), true);
  for (const moves of ["wheel", "touchmove", "pointerdown"]) {
    window.addEventListener(moves, (event) => lessonOf(event.target)?.place.release(), { capture: true, passive: true });
  }
  /* A play that waits for its answer asks why. */
  window.addEventListener("crmsim-unanswered", (event) => lessonOf(event.target)?.tellKernel(), true);
  /* A link in a play to another lesson opens it here. */
  window.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.(`${STAGE} a[href$=".ipynb"]`);
      const lesson = link && lessonOf(link);
      if (!lesson) return;
      event.preventDefault();
      const folder = lesson.panel.context.path.split("/").slice(0, -1);
      app.commands.execute("docmanager:open", { path: [...folder, link.getAttribute("href")].join("/") });
    },
    true,
  );
}

function plugin(notebook, apputils, coreutils, services) {
  const { NotebookActions, INotebookTracker } = notebook;
  const jupyter = { NotebookActions, ToolbarButton: apputils.ToolbarButton };
  const { PageConfig, URLExt } = coreutils;
  const { ServerConnection } = services;

  /* What the server says of a notebook; nothing runs by itself where it says nothing. */
  async function ask(path) {
    const settings = ServerConnection.makeSettings();
    const address = URLExt.join(settings.baseUrl, "crmsim", "lesson") + URLExt.objectToQueryString({ path });
    const answer = await ServerConnection.makeRequest(address, {}, settings).catch(() => null);
    return answer?.ok ? answer.json() : { cells: {}, words: {} };
  }

  async function open(panel) {
    await panel.revealed;
    if (panel.isDisposed || !panel.content.model) return;
    if (!panel.content.widgets.some(({ model }) => LESSON.test(model.sharedModel.getSource()))) return;
    await new Lesson(panel, jupyter, ask).begin();
  }

  const lessonWith = (content) => [...lessons.values()].find((each) => each.notebook === content);
  return {
    id: "crmsim:notebook",
    autoStart: true,
    requires: [INotebookTracker],
    activate: (app, tracker) => {
      listen(app);
      NotebookActions.executionScheduled.connect((_, { notebook, cell }) => lessonWith(notebook)?.schedule(cell));
      NotebookActions.executed.connect((_, { notebook, cell, success }) => lessonWith(notebook)?.executed(cell, success));
      tracker.widgetAdded.connect((_, panel) => void open(panel));
      tracker.forEach((panel) => void open(panel));
    },
  };
}

/* The container that JupyterLab's loader of extensions asks: first `init`, then `get`. */
let shared;

async function load(name) {
  const versions = Object.values(shared[name]);
  const chosen = versions.find(({ loaded }) => loaded) ?? versions[0];
  return (await chosen.get())();
}

const NEEDED = ["notebook", "apputils", "coreutils", "services"];

(window._JUPYTERLAB ??= {}).crmsim = {
  init: (scope) => {
    shared = scope;
  },
  get: async () => {
    const modules = await Promise.all(NEEDED.map((name) => load(`@jupyterlab/${name}`)));
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("notebook.css", SOURCE);
    document.head.append(style);
    return () => ({ __esModule: true, default: plugin(...modules) });
  },
};
})();
