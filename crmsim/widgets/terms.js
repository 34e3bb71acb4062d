/* A sentence about a term, on hover, focus and tap, in a play as in the text of a lesson; Escape closes it. */
const TERM = "[data-means]";

function explainTerms(root, ask) {
  const place = root.closest(".jp-Notebook") ?? root;
  // A stage of an earlier kernel never answers, so each one that comes into sight asks until one did.
  if (place !== root && !place.crmsimTold) ask();
  if (place.crmsimExplains) return;
  place.crmsimExplains = true;
  const note = document.createElement("div");
  note.className = "crmsim-means";
  note.id = `crmsim-means-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  note.setAttribute("role", "tooltip");
  note.setAttribute("popover", "manual");
  let shown = null;
  const termOf = (event) => event.target.closest?.(TERM);
  const hide = () => {
    shown?.removeAttribute("aria-describedby");
    if (shown) note.hidePopover();
    shown = null;
  };
  const stand = () => {
    const [at, size] = [shown.getBoundingClientRect(), note.getBoundingClientRect()];
    const left = Math.max(8, Math.min(at.left, window.innerWidth - size.width - 8));
    const below = at.bottom + 6 + size.height < window.innerHeight;
    note.style.left = `${left}px`;
    note.style.top = `${below ? at.bottom + 6 : at.top - size.height - 6}px`;
  };
  const show = (term) => {
    if (term === shown) return;
    hide();
    shown = term;
    term.closest(".crmsim-stage, .jp-RenderedMarkdown")?.parentElement.append(note);
    note.textContent = term.dataset.means;
    term.setAttribute("aria-describedby", note.id);
    note.showPopover();
    stand();
  };
  const enter = (event) => termOf(event) && show(termOf(event));
  const leave = (event) => shown && termOf(event) === shown && shown !== document.activeElement && hide();
  place.addEventListener("pointerover", (event) => event.pointerType === "mouse" && enter(event));
  place.addEventListener("pointerout", (event) => event.pointerType === "mouse" && leave(event));
  place.addEventListener("focusin", (event) => (termOf(event) ? show(termOf(event)) : hide()));
  place.addEventListener("focusout", hide);
  place.addEventListener("click", (event) => (termOf(event) ? show(termOf(event)) : hide()));
  place.addEventListener("scroll", () => shown && stand(), { capture: true, passive: true });
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    hide();
    event.stopPropagation();
  }, true);
  if (place !== root) tellFigures(place);
}

/* Mark the terms in the text of a lesson, each where it first stands in the notebook. Cells are drawn
   in any order as the reader scrolls: a term that turns up further ahead moves there. */
const NO_TERMS = "a, abbr, button, code, h1, h2, h3, pre, summary, svg, .katex, .MathJax";

function markLesson(notebook, { terms, whole }) {
  if (!notebook || notebook.crmsimTold) return;
  notebook.crmsimTold = true;
  const meanings = new Map(terms);
  const names = terms.map(([name]) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const pattern = new RegExp(whole ? `\\b(${names})s?\\b` : `(${names})`, "gi");
  const marked = new Map(); // term: the number of its cell, and its mark
  const number = (text) => Number(text.closest("[data-windowed-list-index]")?.dataset.windowedListIndex ?? 0);
  const unmark = (mark) => mark.replaceWith(...mark.childNodes);
  /* Mark a term in a piece of text unless it stands further up; what follows is looked at next. */
  const markIn = (node, cell) => {
    pattern.lastIndex = 0;
    for (let found = pattern.exec(node.nodeValue); found; found = pattern.exec(node.nodeValue)) {
      const name = found[1].toLowerCase();
      const before = marked.get(name);
      if (before && before.cell <= cell && (before.cell < cell || before.mark.isConnected)) continue;
      if (before) unmark(before.mark);
      const mark = document.createElement("abbr");
      mark.dataset.means = meanings.get(name);
      mark.tabIndex = 0;
      const word = node.splitText(found.index);
      const rest = word.splitText(found[0].length);
      word.replaceWith(mark);
      mark.append(word);
      marked.set(name, { cell, mark });
      markIn(rest, cell);
      return;
    }
  };
  const look = () => {
    for (const text of notebook.querySelectorAll(".jp-MarkdownCell .jp-RenderedMarkdown")) {
      if (text.crmsimRead === text.textContent) continue;
      text.crmsimRead = text.textContent;
      const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
      const nodes = [];
      while (walker.nextNode()) nodes.push(walker.currentNode);
      nodes.filter((node) => !node.parentElement.closest(NO_TERMS)).forEach((node) => markIn(node, number(text)));
    }
  };
  look();
  watchOutside(notebook, look);
}
