"""The satisfaction survey: its questions, files of answers, what is read from them, the report.

``questions`` holds the questionnaire, ``exports`` writes it for paper and for survey tools,
``reading`` reads what comes back from them, ``simulated`` asks the people of a market instead,
``analysis`` computes, ``own_text`` reads what the student wrote, ``report`` puts both together, and
``page`` and ``document`` set it as HTML and for Word. ``command`` is ``crmsim survey``.
"""
