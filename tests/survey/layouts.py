"""Answers of made-up people, written as survey tools and people with spreadsheets write them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from crmsim.survey.questions import QUESTIONS, wording

CODES = [question.code for question in QUESTIONS]
Rows = list[list[str]]


def people(count: int, seed: int = 1) -> Rows:
    """A row a person, a value for each code."""
    luck = np.random.default_rng(seed)
    rows = []
    for place in range(count):
        row = [str(int(luck.integers(q.low, q.high + 1))) for q in QUESTIONS if q.scaled]
        rows.append([*row, str(place % 3 + 1), "等了很久，没人理" if place == 2 else ""])
    return rows


def plain_head() -> list[str]:
    return [f"{code} {wording(code, 'en')}" for code in CODES]


def wenjuanxing_head() -> list[str]:
    """Number and title of a matrix, a dash, and the statement."""
    meta = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]
    titles = {"E": "1、请想一家优秀的同类企业—", "P": "2、现在请想这家企业—"}
    return meta + [
        titles[code[0]] + f"{code} {wording(code, 'zh')}"
        if code[1:].isdigit()
        else f"{place}、{code} {wording(code, 'zh')}"
        for place, code in enumerate(CODES, start=3)
    ]


def wenjuanxing(rows: Rows) -> Rows:
    meta = [["2026/11/3 9:1:5", "214秒", "微信", "N/A", "10.0.0.1(广东)"] for _ in rows]
    return [
        wenjuanxing_head(),
        *([str(place), *meta[place - 1], *row] for place, row in enumerate(rows, start=1)),
    ]


def limesurvey(rows: Rows) -> Rows:
    """Codes as headings; answers of a list are A1, A2 … if its author left them so."""
    names = [f"{code[0]}[{code}]" if code[1:].isdigit() else code for code in CODES]
    meta = ["Response ID", "Date submitted", "Last page", "Start language", "Seed"]
    return [
        meta + names,
        *(
            [str(place + 40), "2026-11-03 09:01:05", "4", "en", "123456", *row]
            for place, row in enumerate(rows)
        ),
    ]


def qualtrics(rows: Rows) -> Rows:
    """Three rows of headings: export tags, texts, and where each comes from."""
    meta = ["StartDate", "EndDate", "Status", "Progress", "Finished", "ResponseId"]
    said = ["Start Date", "End Date", "Response Type", "Progress", "Finished", "Response ID"]
    tags = [f"{code[0]}_{int(code[1:])}" if code[1:].isdigit() else f"Q{code}" for code in CODES]
    texts = [f"Think of this firm. - {code} {wording(code, 'en')}" for code in CODES]
    origin = [json.dumps({"ImportId": name}) for name in [*meta, *tags]]
    date = "2026-11-03 09:01:05"
    return [
        meta + tags,
        said + texts,
        origin,
        *(
            [date, date, "IP Address", "100", "True", f"R_{place:04}", *row]
            for place, row in enumerate(rows)
        ),
    ]


def saved(
    path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8", separator: str = ","
) -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path
