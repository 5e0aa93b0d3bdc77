"""What a file of an agent's is called, and what it is: by its bytes, whatever its name says."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mercado_livre.messages import LONGEST_FILE_NAME
from chalicelib.outbound.attachments import KINDS, TEXT, Kind, file_name, find_kind, with_extension
from tests.recorded import any_text, recorded

JPEG, PNG, PDF = KINDS
JPEG_BYTES = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
PNG_BYTES = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
PDF_BYTES = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
ZIP_BYTES = b"PK\x03\x04\x14\x00\x00\x00"
HTML_BYTES = b"<!doctype html><script>alert(1)</script>"
FOLDER = "https://chat.example.com/rails/active_storage/blobs/redirect/eyJfcmFpbHMi--0f4c1b6e"

# Names


@pytest.mark.parametrize(
    ("end", "name"),
    [
        ("nota-fiscal.pdf", "nota-fiscal.pdf"),
        ("audio-1795269900.mp3?disposition=inline", "audio-1795269900.mp3"),
        ("foto.png#topo", "foto.png"),
        ("Nota%20Fiscal%20n%C2%BA%205.PDF", "Nota Fiscal nº 5.PDF"),
        ("%F0%9F%9B%B5.png", "🛵.png"),
        ("a%3Fb%23c.png", "a?b#c.png"),
        ("100%25.png", "100%.png"),
        # A name is no path.
        ("..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("..%2f..%2fetc%2fpasswd", "passwd"),
        ("%2Fetc%2Fpasswd", "passwd"),
        ("..%5C..%5Cboot.ini", "boot.ini"),
        ("C:%5CUsers%5Cana%5Cfoto.png", "foto.png"),
        ("a%2Fb%5Cc%2Fd.png", "d.png"),
        ("..\\..\\foto.png", "foto.png"),
        # Nor does it hold what cannot be seen, or makes another name of it.
        ("foto%00.png", "foto.png"),
        ("foto%0D%0AX-Header%3A%20a.png", "fotoX-Header: a.png"),
        ("foto%E2%80%AEgnp.exe", "fotognp.exe"),
        ("%20foto.png%20", "foto.png"),
        ("%FF%FE.png", "\ufffd\ufffd.png"),
        # And there is always one.
        ("", "arquivo"),
        ("%20", "arquivo"),
        ("%2F", "arquivo"),
        ("%5C", "arquivo"),
        ("%00", "arquivo"),
    ],
)
def test_a_file_is_called_by_the_end_of_its_address(end: str, name: str) -> None:
    assert file_name(f"{FOLDER}/{end}") == name


@pytest.mark.parametrize(
    ("sample", "names"),
    [
        ("outgoing_image", ["defeito.jpg"]),
        ("outgoing_pdf_and_audio_no_text", ["nota-fiscal.pdf", "audio-1795269900.mp3"]),
    ],
)
def test_the_files_of_recorded_replies_have_names(sample: str, names: list[str]) -> None:
    attachments = recorded(f"chatwoot/webhooks/message_created.{sample}")["attachments"]

    assert [file_name(attachment["data_url"]) for attachment in attachments] == names


@pytest.mark.parametrize("data_url", ["", "/", "https://chat.example.com", "https://chat.example.com?a=/b.png"])
def test_an_address_without_a_name_has_a_plain_one(data_url: str) -> None:
    assert file_name(data_url) == "arquivo"


@pytest.mark.parametrize("data_url", ["https://[::1/foto.png", "https://[chat]/foto.png", "//[/foto.png"])
def test_an_address_that_nobody_can_read_still_gives_a_name(data_url: str) -> None:
    """What a forged event names must not break the job, which would hold up its thread."""
    assert file_name(data_url)


@given(any_text)
def test_whatever_a_file_is_called_its_name_is_no_path(text: str) -> None:
    name = file_name(f"{FOLDER}/{quote(text, safe='', errors='replace')}")

    assert name
    assert name == name.strip()
    assert name.isprintable()
    assert not set("/\\\0") & set(name)


# Kinds


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("foto.jpg", JPEG_BYTES, JPEG),
        ("foto.png", PNG_BYTES, PNG),
        ("nota.pdf", PDF_BYTES, PDF),
        ("nota.txt", b"Nota 5\r\n\tTotal: R$ 62,96\n", TEXT),
        ("nota.TXT", "Não há".encode(), TEXT),
        ("nota.Txt", "Não há".encode("latin-1"), TEXT),
        ("nota.txt", "\ufeffNão há".encode(), TEXT),
        # The bytes tell, not the name.
        ("foto.png", JPEG_BYTES, JPEG),
        ("foto.jpg", PNG_BYTES, PNG),
        ("foto.exe", PDF_BYTES, PDF),
        ("foto", JPEG_BYTES, JPEG),
        ("nota.txt", PDF_BYTES, PDF),
        # What messages may not carry.
        ("nota.pdf", ZIP_BYTES, None),
        ("nota.txt", ZIP_BYTES, None),
        ("foto.png", HTML_BYTES, None),
        ("foto.jpg", b"GIF89a\x01\x00", None),
        ("foto.webp", b"RIFF\x00\x00\x00\x00WEBP", None),
        ("nota.docx", ZIP_BYTES, None),
        # What stands before the beginning of a PDF is passed over by its readers, up to a point.
        ("nota.pdf", b"\n%PDF-1.7", PDF),
        ("NOTA.PDF", b"\xef\xbb\xbf%PDF-1.7", PDF),
        ("nota.pdf", b"\n" * 1024 + b"%PDF-1.7", None),
        ("nota.txt", b"Diz %PDF-1.7", TEXT),
        ("pagina.html", HTML_BYTES, None),
        ("nota", b"Nota 5", None),
        ("txt", b"Nota 5", None),
        ("nota.txt.csv", b"a,b", None),
        # A text has no such bytes.
        ("nota.txt", b"Nota\x00 5", None),
        ("nota.txt", "Nota".encode("utf-16"), None),
        ("nota.txt", b"Nota\x7f", None),
        ("nota.txt", b"\x01", None),
        # Cut short.
        ("foto.png", PNG_BYTES[:7], None),
        ("foto.jpg", JPEG_BYTES[:2], None),
        ("nota.pdf", b"%PDF", None),
        ("foto.png", b"", None),
    ],
)
def test_a_file_is_what_its_bytes_say(name: str, content: bytes, kind: Kind | None) -> None:
    assert find_kind(name, content) == kind


@given(any_text, st.binary(max_size=40))
def test_any_bytes_are_of_a_kind_that_may_be_sent_or_of_none(name: str, content: bytes) -> None:
    kind = find_kind(name, content)

    assert kind is None or kind.signature in content
    assert kind != TEXT or (name.lower().endswith(".txt") and b"\0" not in content)


# Extensions


@pytest.mark.parametrize(
    ("name", "kind", "sent"),
    [
        ("foto.jpg", JPEG, "foto.jpg"),
        ("foto.jpeg", JPEG, "foto.jpeg"),
        ("FOTO.JPG", JPEG, "FOTO.JPG"),
        ("Nota.PDF", PDF, "Nota.PDF"),
        ("nota.TXT", TEXT, "nota.TXT"),
        ("foto.png", JPEG, "foto.jpg"),
        ("foto.JPG", PNG, "foto.png"),
        ("nota.exe", PDF, "nota.pdf"),
        ("foto", JPEG, "foto.jpg"),
        ("foto.", PNG, "foto.png"),
        ("foto.png.jpg", PNG, "foto.png.png"),
        # What follows the last dot is no extension when it is long, or has a blank in it.
        ("Contrato Sr. Silva", PDF, "Contrato Sr. Silva.pdf"),
        ("foto.original", JPEG, "foto.original.jpg"),
    ],
)
def test_a_files_extension_tells_the_truth(name: str, kind: Kind, sent: str) -> None:
    assert with_extension(name, kind) == sent


@pytest.mark.parametrize(
    "name", ["a" * 196 + ".pdf", "a" * 197 + ".pdf", "a" * 1000 + ".pdf", "a" * 1000, "🛵" * 300 + ".PNG", "ã." * 300]
)
def test_a_long_name_is_cut_before_its_extension(name: str) -> None:
    sent = with_extension(name, PDF)

    assert len(sent) == LONGEST_FILE_NAME
    assert sent.endswith(".pdf")
    assert name.startswith(sent.removesuffix(".pdf"))


@given(any_text, st.sampled_from([*KINDS, TEXT]))
def test_whatever_a_file_is_called_it_is_sent_under_a_name_that_is_taken(text: str, kind: Kind) -> None:
    name = with_extension(file_name(f"{FOLDER}/{quote(text, safe='', errors='replace')}"), kind)

    assert len(name) <= LONGEST_FILE_NAME
    assert not set("/\\\r\n\0") & set(name)
    assert name.rpartition(".")[2].lower() in kind.extensions
    assert with_extension(name, kind) == name
