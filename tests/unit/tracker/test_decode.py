"""Bytes → records: what kind of file it is, and rows that no stray mark swallows."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup import assembly
from followup.model.application import Outcome
from followup.model.question import QuestionKind
from followup.tracker import reading

WORDS = assembly.words((assembly.shipped_templates(),))
HEADER = "Company,Role,Status,Date\n"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \t\n", "empty"),
        (b"PK\x03\x04 but no archive", "zip archive"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"SQLite format 3\x00", "database"),
        (b"\x7fELF\x02\x01", "program"),
        (bytes(range(1, 256)) * 20, "binary file"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"import csv\n", "Python program"),
        (b"<<<<<<< HEAD\nCompany,Role,Status\n=======\nCompany,Role\n>>>>>>> main\n", "conflict markers"),
        (b"1,2,3\n4,5,6\n", "no header was recognised"),
        (b"Week,Interviews,Rejections\n1,2,3\n", "no header was recognised"),
    ],
)
def test_d10_what_is_no_tracker_is_refused_by_what_it_is(data: bytes, told: str) -> None:
    found = reading.read(data, WORDS)
    assert told in (found.refused or "")
    assert (found.applications, found.doubts, found.problems) == ((), (), ())


@pytest.mark.parametrize("encoding", ["nonsense", "base64", "idna"])
def test_an_encoding_that_is_none_is_refused_with_what_to_do(encoding: str) -> None:
    assert "FOLLOWUP_ENCODING" in (reading.read(b"Company,Status\nA,B\n", WORDS, encoding=encoding).refused or "")


@pytest.mark.parametrize(
    "body",
    [
        'Acme,Dev,Rejected,\nBolt,"Dev,Applied,\nCork,Dev,Rejected,\nDove,QA,Applied,\n',
        'Acme,Dev,Rejected,\nBolt,"Dev,Applied,\nCork,Dev,Rejected,\nDove,QA",Applied,\n',
    ],
    ids=["unclosed", "closed rows later"],
)
def test_p25_a_stray_quotation_mark_hides_no_row_and_is_told(body: str) -> None:
    found = reading.read((HEADER + body).encode(), WORDS)
    assert [(one.company, one.outcome, one.line) for one in found.applications] == [
        ("Acme", Outcome.REJECTED, 2), ("Bolt", Outcome.OPEN, 3),
        ("Cork", Outcome.REJECTED, 4), ("Dove", Outcome.OPEN, 5),
    ]  # fmt: skip
    assert [problem.line for problem in found.problems] == [3]


def test_d4_a_line_break_inside_a_cell_is_no_stray_mark() -> None:
    body = 'Acme,Dev,Rejected,"2026-03-05"\n"Bolt\nLtd",Dev,Rejected,\nCork,"Dev,\nsenior",Applied,\n'
    found = reading.read((HEADER + body).encode(), WORDS)
    assert [(one.company, one.line) for one in found.applications] == [("Acme", 2), ("Bolt Ltd", 3), ("Cork", 5)]
    assert found.problems == ()


def test_d4_marks_that_nobody_sees_stand_in_no_value() -> None:
    row = "Ac\u200bme,Dev,Rejected\u200e,\u202a2026-03-05,jobs@acme.example.org\u200b\n"
    (one,) = reading.read(("Company,Role,Status,Response date,Email\n" + row).encode(), WORDS).applications
    assert (one.company, one.contact_email, str(one.outcome_on)) == ("Acme", "jobs@acme.example.org", "2026-03-05")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"])
def test_d5_the_same_sheet_in_another_encoding_gives_the_same_applications(codec: str) -> None:
    text = "Société;Poste;État;Contact\nÉcole à côté;Élève;Refusée après entretien;Léa Petit <lea@ecole.example.org>\n"
    plain, other = reading.read(text.encode(), WORDS), reading.read(text.encode(codec), WORDS)
    assert other.applications == plain.applications
    assert other.delimiter == ";"


@pytest.mark.parametrize(
    ("codec", "header", "rejected", "running"),
    [
        ("cp1250", "Firma;Stanowisko;Status;Kontakt", "Łódź Tools;Inżynier;Odrzucono", "Żuraw;Księgowa;W toku"),
        ("cp1251", "Компания;Должность;Статус;Контакт", "Рога;Инженер;Отказ", "Копыта;Бухгалтер;В процессе"),
        ("cp1252", "Société;Poste;Statut;Contact", "Éclair;Ingénieur;Refusé", "Forêt;Comptable;En cours"),
        ("cp1254", "Şirket;Pozisyon;Durum;İletişim", "Işık Yazılım;Mühendis;Reddedildi", "Güneş;Aşçı;Beklemede"),
        ("mac_roman", "Société;Poste;Statut;Contact", "Éclair;Ingénieur;Refusé", "Forêt;Comptable;En cours"),
        ("cp932", "会社名,職種,状況,連絡先", "山田工業,エンジニア,不採用", "鈴木,経理,選考中"),
        ("gb18030", "公司,职位,状态,联系方式", "红杉,工程师,已拒绝", "松树,会计,进行中"),
    ],
)
def test_d4_an_old_encoding_is_known_by_the_words_it_makes(
    codec: str, header: str, rejected: str, running: str
) -> None:
    delimiter = ";" if ";" in header else ","
    rows = [header, f"{rejected}{delimiter}hr@firm.example.org", f"{running}{delimiter}"]
    found = reading.read("\r\n".join(rows).encode(codec), WORDS)
    assert (found.encoding, found.delimiter, found.problems) == (codec, delimiter, ())
    assert [(one.company, one.outcome) for one in found.applications] == [
        (rejected.split(delimiter)[0], Outcome.REJECTED),
        (running.split(delimiter)[0], Outcome.OPEN),
    ]
    assert found.applications[0].contact_email == "hr@firm.example.org"


def test_p9_an_encoding_that_no_word_bears_out_is_told_with_a_sample_and_the_configured_one_wins() -> None:
    data = "Company,Role,Status\nSzékely Művek,Mérnök,Rejected\n".encode("cp1250")
    found = reading.read(data, WORDS)
    (problem,) = found.problems
    assert "Mûvek" in problem.text
    (asked,) = found.doubts
    assert asked.kind is QuestionKind.ENCODING
    assert reading.read(data, WORDS, answers={asked.key: "cp1250"}).applications[0].company == "Székely Művek"
    told = reading.read(data, WORDS, encoding="cp1250")
    assert (told.applications[0].company, told.problems) == ("Székely Művek", ())
    western = "Company,Role,Status\nCafé Müller,Cook,Rejected\n".encode("cp1252")
    assert reading.read(western, WORDS).problems == ()


def test_p9_rows_that_a_stray_mark_ran_together_are_no_header() -> None:
    rest = "\n".join(f"Firm {number},Cook,Applied" for number in range(40))
    swallowed = f'Company,"Status\n{rest}",Rejected,2026-02-09\nAcme,Cook,2026-02-10,\n'
    found = reading.read(swallowed.encode(), WORDS)
    assert not any(one.outcome is Outcome.REJECTED for one in found.applications)


cells = st.text(
    st.characters(codec="cp1252", exclude_characters='"\r\n,;\t|#=:/\0', exclude_categories=["Cc", "Cf"]), max_size=20
)


@given(st.lists(st.tuples(cells, cells, st.sampled_from(["Rejected", "Applied", "Absage", "Closed"])), max_size=8))
def test_d5_any_sheet_reads_the_same_in_utf_8_and_utf_16(rows: list[tuple[str, str, str]]) -> None:
    text = "Company,Role,Status\n" + "".join(",".join(row) + "\n" for row in rows)
    one, other = (reading.read(text.encode(codec), WORDS) for codec in ("utf-8", "utf-16"))
    assert (one.applications, one.doubts, one.problems) == (other.applications, other.doubts, other.problems)


@given(st.binary(max_size=400))
def test_d10_no_bytes_below_a_header_make_the_reading_raise(body: bytes) -> None:
    reading.read(b"Company,Role,Status,Contact,Applied,Rejected\n" + body, WORDS)


SPELT = {
    "cp1250": "Gdańsk Żuraw,Księgowa", "cp1251": "Солнце,Аналитик", "cp1252": "Peña & Hermès,Élève",
    "cp1253": "Εταιρεία Ήλιος,Αναλυτής", "cp1254": "Güneş Işık,Aşçı", "cp1255": "שמש,אנליסט",
    "cp1256": "شركة الشمس,محلل", "cp1257": "Saulės įmonė,Analitikė", "cp437": "Müller,Übersetzer",
    "cp850": "Müller & Söhne,Übersetzer", "mac_roman": "Société Hermès,Élève", "cp932": "山田工業,エンジニア",
    "euc_jp": "山田工業,エンジニア", "gb18030": "红杉科技,工程师", "big5": "陽光科技,分析師",
    "cp949": "한빛 소프트,분석가",
    "koi8-r": "Солнце,Аналитик", "iso8859-2": "Žlutý kůň,Účetní", "iso8859-5": "Солнце,Аналитик",
    "iso8859-7": "Εταιρεία Ήλιος,Αναλυτής", "iso8859-9": "Güneş Işık,Aşçı", "cp874": "บริษัท ไทย,วิศวกร",
    "johab": "한빛 소프트,분석가", "iso8859-4": "Saulės įmonė,Analitikė", "cp866": "Солнце,Аналитик",
    "utf-7": "Müller & Söhne,Köchin", "hz": "红杉科技,工程师",
}  # fmt: skip


@given(
    st.sampled_from(sorted(SPELT)),
    st.permutations(["Acme,Cook,Applied", "Birch,Baker,Offer", "Cedar,Clerk,Withdrawn"]),
    st.sampled_from(["Company,Role,Status", "Firma,Role,Status", "Company,Stanowisko,Status"]),
    st.integers(0, 3),
)
def test_i12_an_older_encoding_is_read_right_or_asked_about_with_the_right_spelling_in_the_question(
    codec: str, others: list[str], header: str, place: int
) -> None:
    rows = [*others[:place], f"{SPELT[codec]},Rejected", *others[place:]]
    company = SPELT[codec].partition(",")[0]
    found = reading.read("\n".join([header, *rows, ""]).encode(codec), WORDS)
    asked = [doubt for doubt in found.doubts if doubt.kind is QuestionKind.ENCODING]
    assert asked or found.applications[place].company == company
    for doubt in asked:
        answers = [reading.read("\n".join([header, *rows, ""]).encode(codec), WORDS, answers={doubt.key: name})
                   for name in doubt.about]  # fmt: skip
        assert company in {one.company for answer in answers for one in answer.applications}
        assert not any(one.kind is QuestionKind.ENCODING for answer in answers for one in answer.doubts)


@pytest.mark.parametrize(
    ("data", "sample"),
    [
        ("Company,Role,Status\n한빛 소프트,Cook,Rejected\n".encode("johab"), "한빛 소프트"),
        ("Company,Role,Status\nСолнце,Cook,Rejected\n".encode("cp866"), "Солнце"),
        ("Company,Role,Status\nŠimon,Cook,Rejected\n".encode("iso8859-15"), "Šimon"),
        (b"Company,Role,Status\nM+APw-ller,K+APY-chin,Rejected\n", "Müller, Köchin"),
    ],
)
def test_i12_what_no_word_bears_out_is_asked_about_with_a_sample(data: bytes, sample: str) -> None:
    (asked,) = reading.read(data, WORDS).doubts
    assert asked.kind is QuestionKind.ENCODING
    assert sample in asked.text
    for name in asked.about:
        assert reading.read(data, WORDS, answers={asked.key: name}).doubts == ()


@pytest.mark.parametrize("bad", [1, 2, 5])
def test_i12_one_whole_sign_of_utf_8_is_enough_for_utf_8_to_be_read_or_offered(bad: int) -> None:
    rows = [b"Caf\xe9 %d,Koch,Applied\n" % number for number in range(bad)]
    data = "Company,Role,Status\nMüller,Koch,Rejected\n".encode() + b"".join(rows)
    found = reading.read(data, WORDS)
    asked = [doubt for doubt in found.doubts if doubt.kind is QuestionKind.ENCODING]
    assert bool(asked) is (bad > 1)
    answered = reading.read(data, WORDS, answers={doubt.key: "utf-8" for doubt in asked})
    assert [one.company for one in answered.applications][:2] == ["Müller", "Caf\ufffd 0"]
    assert ([problem.line for problem in answered.problems], answered.doubts) == (list(range(3, 3 + bad)), ())


@pytest.mark.parametrize(
    "company",
    ["C++-Haus", "A+B-Ware", "Health+Care-Job", "R&D+Training-Lab", "Sales+Marketing", "1+1-Team", "~{x"],
)
def test_i12_a_plus_in_plain_ascii_is_a_plus_and_nothing_is_asked(company: str) -> None:
    found = reading.read(f"Company,Role,Status\n{company},C++ & Go,Rejected\n".encode(), WORDS)
    assert (found.encoding, found.applications[0].company, found.doubts) == ("utf-8", company, ())


def test_i12_an_old_encoding_whose_letters_touch_only_notes_is_told_and_not_asked() -> None:
    found = reading.read("Company,Status,Notes\nAcme,Rejected,Peña\n".encode("cp1252"), WORDS)
    assert found.doubts == ()
    assert "“Peña”" in found.problems[0].text


BROKEN = {
    "one byte": b"\xff", "a sign cut off": b"\xc3", "several": b"\xe4\xf6\xfc", "a half of a pair": b"\xed\xa0\xbd",
    "a pair of halves": b"\xed\xa0\xbd\xed\xb8\x80", "cut short": b"\xe2\x82",
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_i12_broken_bytes_are_told_by_their_line_and_the_rest_is_read_as_utf_8(kind: str, mark: bytes) -> None:
    rows = "Company,Role,Status,Contact,Notes\nBäcker & Söhne,Gärtner,Rejected,Jörg Groß <j@b.example.org>,ok\n"
    whole = reading.read(mark + f"{rows}Acme,Cook,Applied,,so \n".encode(), WORDS)
    found = reading.read(mark + f"{rows}Acme,Cook,Applied,,so ".encode() + BROKEN[kind] + b"\n", WORDS)
    assert found.encoding == whole.encoding
    assert found.applications[0] == whole.applications[0]
    assert found.applications[1].company == "Acme"
    assert ([problem.line for problem in found.problems], found.doubts) == ([3], ())


def test_i12_a_western_line_in_a_utf_8_file_and_an_odd_byte_in_utf_16_spoil_nothing_else() -> None:
    text = "Company,Role,Status\nMüller & Söhne,Übersetzer,Rejected\n"
    pasted = reading.read(text.encode() + "Zürcher,Köchin,Applied\n".encode("latin-1"), WORDS)
    assert [one.company for one in pasted.applications] == ["Müller & Söhne", "Z\ufffdrcher"]
    odd = reading.read(text.encode("utf-16") + b"x", WORDS)
    assert odd.applications[0].company == "Müller & Söhne"
    zeros = reading.read(text.encode().replace(b"Role", b"Ro\0le"), WORDS)
    assert zeros.applications[0].role == "Übersetzer"


def test_i12_a_numbers_file_is_called_one() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("Index/Document.iwa", b"x")
    refused = reading.read(data.getvalue(), WORDS).refused
    assert refused is not None
    assert "Numbers" in refused


@pytest.mark.parametrize(
    "company", ["Foxglove Café", "Müller & Söhne", "Société Générale", "Bäckerei Groß", "Telefónica", "El Corte Inglés"]
)
def test_i12_the_commonest_western_letters_are_not_asked_about(company: str) -> None:
    found = reading.read(f"Company,Role,Status\n{company},Cook,Rejected\n".encode("cp1252"), WORDS)
    assert (found.applications[0].company, found.doubts, found.problems) == (company, (), ())
