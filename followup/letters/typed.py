"""A letter as a text file for the person's own editor, and back again, however that editor saves."""

import codecs

from followup.model.letter import Text

LABEL = "Subject:"


def written(text: Text) -> str:
    """The subject, an empty line, the text."""
    return f"{LABEL} {text.subject}\n\n{text.text}"


def read(data: bytes, before: Text) -> Text:
    """What the person made of the letter `before`; raises ValueError with the reason where that is not certain."""
    lines = [line.rstrip() for line in _decoded(data).strip().split("\n")]
    end = lines.index("") if "" in lines else len(lines)
    head, body = lines[:end], "\n".join(lines[end:]).strip("\n")
    if not head[0].casefold().startswith(LABEL.casefold()):
        raise ValueError(f"the first line must stay '{LABEL} …'")
    subject = " ".join(" ".join(head).split(":", 1)[1].split())
    # An editor that folds long lines folds the subject too; other lines below it could be the letter's first ones.
    if len(head) > 1 and subject != before.subject:
        raise ValueError(f"an empty line must stand between '{LABEL} …' and the text, and the subject in one line")
    if not subject:
        raise ValueError("the subject is empty")
    if not body:
        raise ValueError("there is no text below the subject")
    return Text(subject=subject, text=body + "\n")


def is_empty(data: bytes) -> bool:
    """Whether all words were taken out."""
    return not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe")


def _decoded(data: bytes) -> str:
    marks = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    encoding = next((name for mark, name in marks.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise ValueError("it was not saved in UTF-8; choose UTF-8 in your editor and save it again") from None
    if "\0" in text:
        raise ValueError("it was not saved in UTF-8; choose UTF-8 in your editor and save it again")
    return text.replace("\r\n", "\n").replace("\r", "\n")
