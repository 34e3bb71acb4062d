/* A sentence about a term, on hover, focus and tap, in a play as in the text of a lesson; Escape closes it. */
const TERM = "[data-means]";

function explainTerms(root) {
  const place = root.closest(".jp-Notebook") ?? root;
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
  /* In the text of a lesson a term is an abbreviation with its meaning; here it can have the focus too. */
  const inText = () => {
    for (const term of place.querySelectorAll(".jp-RenderedMarkdown abbr[title]")) {
      term.dataset.means = term.title;
      term.removeAttribute("title");
      term.tabIndex = 0;
    }
  };
  if (place === root) return;
  inText();
  new MutationObserver(inText).observe(place, { childList: true, subtree: true });
}
