/* A figure of Plotly is a picture with a name for a screen reader: its title, which says the finding,
   and below it each line by name, with the values between which it runs. */

const FEW_POINTS = 8;

function tellFigure(plot) {
  const { layout, data } = plot;
  if (!layout || !data) return;
  const plain = (html) => new DOMParser().parseFromString(String(html ?? "").replaceAll("<br>", " "), "text/html").body.textContent;
  const lang = plot.closest("[lang]")?.lang || "en";
  const format = new Intl.NumberFormat(lang, { maximumSignificantDigits: 3 });
  const say = (value) => (Number.isFinite(Number(value)) && value !== "" ? format.format(value) : plain(value));
  const lines = (plot._fullData ?? data).map(({ name, x, y, orientation }) => {
    const [places, values] = (orientation === "h" ? [y, x] : [x, y]).map((each) => [...(each ?? [])]);
    if (!values.length) return plain(name);
    const few = values.length <= FEW_POINTS && places.length === values.length;
    const points = few ? values.map((value, i) => `${plain(places[i])} ${say(value)}`) : [`${say(values[0])} → ${say(values.at(-1))}`];
    return `${plain(name)}: ${points.join(", ")}`;
  });
  const axis = plain(layout.yaxis?.title?.text);
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", [plain(layout.title?.text), axis, lines.join("; ")].filter(Boolean).join(". "));
}

function tellFigures(notebook) {
  const look = () => notebook.querySelectorAll(".js-plotly-plot:not([role])").forEach(tellFigure);
  look();
  watchOutside(notebook, look);
}

/* Look again whenever something is new in a notebook, other than in a stage: a film changes that often. */
function watchOutside(notebook, look) {
  const onStage = ({ target }) => target.closest?.(".crmsim-stage");
  const watcher = new MutationObserver((changes) => changes.every(onStage) || look());
  watcher.observe(notebook, { childList: true, subtree: true });
}
