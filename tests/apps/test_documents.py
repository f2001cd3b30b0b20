"""PDF and Office files are read with the extra `documents` installed, and refused by name without it."""

import io
import sys
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import pytest

from pare.apps.files import SandboxLocalFileSystem
from pare.apps.files.documents import MAX_UNPACKED_BYTES
from pare.errors import ToolError

LIBRARIES = {"pdf": "pypdf", "docx": "docx", "xlsx": "openpyxl", "pptx": "pptx"}


def needs(ending: str) -> pytest.MarkDecorator:
    library = LIBRARIES[ending]
    return pytest.mark.skipif(
        find_spec(library) is None, reason=f"{library} (pare[documents]) is not installed"
    )


def holding(name: str, content: bytes) -> SandboxLocalFileSystem:
    app = SandboxLocalFileSystem()
    app.create_file(name, content)
    return app


def refusal(name: str, content: bytes) -> str:
    app = holding(name, content)
    before = app.get_state()
    with pytest.raises(ToolError) as caught:
        app.read_document(name)
    assert isinstance(caught.value, FileNotFoundError)
    assert app.get_state() == before
    return str(caught.value)


def written(save: Callable[[io.BytesIO], Any]) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()


def pdf(*pages: str) -> bytes:
    """Write a PDF file with a line of text on each page."""
    kids = " ".join(f"{number * 2 + 4} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        fonts = "/Resources << /Font << /F1 3 0 R >> >>"
        page = f"/Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {fonts} /Contents {number * 2 + 5} 0 R"
        objects += [f"<< {page} >>", f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream"]
    body, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


@needs("pdf")
def test_a_pdf_file_is_read_page_by_page():
    app = holding("/menu.pdf", pdf("Soup of the day", "Salad"))
    assert app.read_document("/menu.pdf", None) == "Soup of the day\nSalad"
    assert app.read_document("/menu.pdf", 1).splitlines()[0] == "Soup of the day"
    assert refusal("/blank.pdf", pdf("")) == "'/blank.pdf' has no text"


@needs("docx")
def test_a_word_file_is_read_with_its_tables_in_place():
    import docx

    document = docx.Document()
    document.add_heading("Menu")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Soup", "5"
    document.add_paragraph("Bring cake.")
    app = holding("/menu.docx", written(document.save))
    assert app.read_document("/menu.docx") == "Menu\nSoup\t5\nBring cake."


@needs("xlsx")
def test_a_spreadsheet_is_read_sheet_by_sheet():
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Lunch"
    for row in (["Dish", "Price"], [None, None], ["Soup", 5, None], [None, True]):
        book.active.append(row)
    book.create_sheet("Empty")
    app = holding("/menu.xlsx", written(book.save))
    assert app.read_document("/menu.xlsx") == "# Lunch\nDish\tPrice\nSoup\t5\n\tTrue\n# Empty"


@needs("pptx")
def test_slides_are_read_one_by_one():
    import pptx

    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "Menu"
    box = slide.shapes.add_table(1, 2, 0, 0, 9999, 9999)
    box.table.cell(0, 0).text, box.table.cell(0, 1).text = "Soup", "5"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, 9, 9).text_frame.text = "In a group"
    slide.notes_slide.notes_text_frame.text = "Speak up"
    show.slides.add_slide(show.slide_layouts[6])
    app = holding("/menu.pptx", written(show.save))
    assert app.read_document("/menu.pptx") == (
        "# Slide 1\nMenu\nSoup\t5\nIn a group\nNotes: Speak up\n# Slide 2"
    )


@pytest.mark.parametrize("ending", [pytest.param(ending, marks=needs(ending)) for ending in LIBRARIES])
@pytest.mark.parametrize("content", [b"", b"\xff\0nonsense", b"PK\x03\x04", archive(a_xml=b"<a/>")])
def test_a_broken_document_is_refused_by_name(ending, content):
    assert refusal(f"/menu.{ending}", content).startswith(f"'/menu.{ending}' cannot be read")


@pytest.mark.parametrize(
    "ending", [pytest.param(ending, marks=needs(ending)) for ending in ("docx", "xlsx", "pptx")]
)
def test_an_archive_that_would_burst_is_refused_unpacked_no_further(ending):
    bomb = archive(word__document_xml=bytes(MAX_UNPACKED_BYTES + 1))
    assert len(bomb) < 100_000
    assert "it holds more than" in refusal(f"/menu.{ending}", bomb)
    laughs = archive(word__document_xml=b"<!DOCTYPE x [<!ENTITY a 'ha'>]><x>&a;</x>")
    assert "it defines entities" in refusal(f"/menu.{ending}", laughs)


@pytest.mark.parametrize("ending", LIBRARIES)
def test_without_the_library_the_extra_is_named(ending, blocked):
    assert refusal(f"/menu.{ending}", b"x") == (
        f"'/menu.{ending}' cannot be read: PDF and Office files need libraries that are not installed: "
        "pip install 'pare[documents]'"
    )


class Missing:
    """A finder that finds none of the libraries, as if they were not installed."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name in LIBRARIES.values():
            raise ModuleNotFoundError(name)


@pytest.fixture
def blocked():
    loaded = {
        name: module for name, module in sys.modules.items() if name.split(".")[0] in LIBRARIES.values()
    }
    for name in loaded:
        del sys.modules[name]
    finder = Missing()
    sys.meta_path.insert(0, finder)
    yield
    sys.meta_path.remove(finder)
    sys.modules.update(loaded)
