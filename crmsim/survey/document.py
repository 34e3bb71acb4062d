"""The report for Word: headings, tables and bars that a student can go on editing.

Figures are tables with shaded cells, so they are as sharp as the page, read by a screen reader, and
need no font of ours.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crmsim.common.extras import needs
from crmsim.common.numbers import number
from crmsim.common.palette import BAD, LINE, MUTED, RUN, WASH
from crmsim.common.words import language
from crmsim.survey.report import Bars, Block, Grid, Heading, Paragraph, Quadrants, Sayings

if TYPE_CHECKING:
    from docx.document import Document

STEPS = 24
"""Cells across which a bar is shaded."""

TEXT_CM, NAMES_CM = 16.2, 4.0
"""Width of the text on a page, and of the names in the first column of a table, in centimetres."""


def report_document(blocks: Sequence[Block], lang: str) -> bytes:
    """Return the report as a file for Word.

    Parameters
    ----------
    blocks
        The report.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Raises
    ------
    ExtraError
        If the package that writes it is not installed.
    """
    document = new_document(lang)
    for block in blocks:
        match block:
            case Heading(level, text):
                document.add_heading(text, 0 if level == 1 else level - 1)
            case Paragraph():
                _paragraph(document, block)
            case Grid(head, rows):
                grid(document, head, rows)
            case Bars():
                _bars(document, block)
            case Quadrants():
                _quadrants(document, block)
            case Sayings(rows):
                for level, text in rows:
                    document.add_paragraph(f"{level}/7  {text}", style="Intense Quote")
    return saved(document)


def new_document(lang: str) -> Document:
    """Return an empty document on A4 with fonts that every Word has.

    Parameters
    ----------
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    with needs("survey"):
        import docx
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt, RGBColor
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(2.4))
    for style in document.styles:
        if getattr(style, "font", None) is None:
            continue
        properties = style.element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi"):
            fonts.set(qn(f"w:{script}"), "Calibri")
        fonts.set(qn("w:eastAsia"), "Microsoft YaHei")
        if style.name.startswith(("Heading", "Title")):
            style.font.color.rgb = RGBColor.from_string(RUN[1:])
    normal = document.styles["Normal"]
    normal.font.size = Pt(11)
    tag = document.styles.element.find(f".//{qn('w:lang')}")
    if tag is not None and language(lang) == "zh-Hans":
        tag.set(qn("w:eastAsia"), "zh-CN")
    return document


def saved(document: Document) -> bytes:
    """Return a document as the bytes of its file."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def grid(
    document: Document,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    names_cm: float = NAMES_CM,
) -> Any:
    """Add a table with a row of headings that is repeated on every page, and return it.

    Parameters
    ----------
    document
        Where it is added.
    head
        The headings.
    rows
        The rows, each as long as the headings.
    names_cm
        The width of the first column, in centimetres.

    Returns
    -------
    docx.table.Table
        The table.
    """
    from docx.oxml import OxmlElement
    from docx.shared import Cm, Pt

    table = document.add_table(rows=1 + len(rows), cols=len(head), style="Light Grid Accent 1")
    for place, row in enumerate([head, *rows]):
        for cell, text in zip(table.rows[place].cells, row, strict=True):
            cell.text = text
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(9.5)
    table.autofit = False
    for place, column in enumerate(table.columns):
        column.width = Cm((TEXT_CM - names_cm) / (len(head) - 1) if place else names_cm)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    document.add_paragraph()
    return table


def _paragraph(document: Document, block: Paragraph) -> None:
    from docx.shared import RGBColor

    added = document.add_paragraph()
    run = added.add_run(block.text)
    if block.wanting:
        run.italic = True
        run.font.color.rgb = RGBColor.from_string(BAD[1:])


def _bars(document: Document, bars: Bars) -> None:
    """Shade as many cells as a bar is long; those of its interval are shaded lightly."""
    from docx.shared import Cm, Pt

    low, high = bars.ends
    step = ((high - low) or 1) / STEPS
    table = document.add_table(rows=len(bars.rows), cols=STEPS + 2)
    table.autofit = False
    _spaced(table)
    # other programs than Word read the width of a column, and not those of its cells
    for column in table.columns:
        column.width = Cm(0.44)
    table.columns[0].width, table.columns[-1].width = Cm(3.2), Cm(1.6)
    for (name, found), row in zip(bars.rows, table.rows, strict=True):
        cells = row.cells
        cells[0].text, cells[-1].text = name, number(found.value, 2)
        begins, ends = sorted((0.0, found.value))
        for place in range(STEPS):
            middle = low + (place + 0.5) * step
            inside = begins <= middle <= ends
            doubt = found.low <= middle <= found.high
            _shade(cells[place + 1], MUTED if doubt else RUN if inside else WASH)
        cells[0].paragraphs[0].paragraph_format.keep_with_next = True
        for cell in (cells[0], cells[-1]):
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(9.5)
    document.add_paragraph(bars.unit)


def _quadrants(document: Document, drawn: Quadrants) -> None:
    table = document.add_table(rows=2, cols=2, style="Table Grid")
    for row, names in zip(table.rows, (("fix", "keep"), ("later", "enough")), strict=True):
        for cell, name in zip(row.cells, names, strict=True):
            cell.text = drawn.corners[name]
            for each in drawn.within(name):
                cell.add_paragraph(each, style="List Bullet")
            _shade(cell, WASH if name != "fix" else LINE)
    document.add_paragraph(f"↑ {drawn.axes[1]}   → {drawn.axes[0]}")


def _spaced(table: Any) -> None:
    """Part the rows of a table by white lines, so that bars do not touch."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders, between = OxmlElement("w:tblBorders"), OxmlElement("w:insideH")
    for name, value in {"val": "single", "sz": "48", "space": "0", "color": "FFFFFF"}.items():
        between.set(qn(f"w:{name}"), value)
    borders.append(between)
    table._tbl.tblPr.append(borders)


def _shade(cell: Any, colour: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), colour[1:])
    cell._tc.get_or_add_tcPr().append(shade)
