"""Facts as prose has them: tables of what trackers say and what a letter may say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.letters import prose
from followup.letters.prose import Addressee


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("ACME GMBH", "Acme"),
        ("Acme GmbH & Co. KG", "Acme"),
        ("Buchen & Co. KG", "Buchen"),
        ("Birch & Sons Ltd.", "Birch & Sons"),
        ("BIRCH & SONS", "Birch & Sons"),
        ("Acme, Inc.", "Acme"),
        ("Société Générale S.A.", "Société Générale"),
        ("Example Pty Ltd", "Example"),
        ("BMW AG", "BMW"),
        ("KPMG AG", "KPMG"),
        ("IKEA", "IKEA"),
        ("NVIDIA", "NVIDIA"),
        ("SIEMENS AG", "Siemens"),
        ("acme", "Acme"),
        ("booking.com", "booking.com"),
        ("eBay", "eBay"),
        ("🚀 Rocket Labs", "Rocket Labs"),
        ("Foo (https://foo.example.org/jobs)", "Foo"),
        ("Isla", "Isla"),
        ("AG", "AG"),
        ("Zusage", "Zusage"),
        ("n/a", ""),
    ],
)
def test_a_company_is_named_as_people_speak_of_it(written: str, said: str) -> None:
    assert prose.company(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Engineer (m/w/d)", "Engineer"),
        ("Engineer m/w/d", "Engineer"),
        ("Engineer (f/m/x)", "Engineer"),
        ("Ingénieur qualité H/F", "Ingénieur qualité"),
        ("Koch (gn)", "Koch"),
        ("Data Scientist (all genders)", "Data Scientist"),
        ("SPS-Programmierer (w/m/div.)", "SPS-Programmierer"),
        ("Data Analyst - R-12345", "Data Analyst"),
        ("JR10023 - Cook", "Cook"),
        ("Cook (Req 10023)", "Cook"),
        ("Engineer #4711", "Engineer"),
        ("Product Manager, Req ID: 12345", "Product Manager"),
        ("Backend Developer | Remote", "Backend Developer"),
        ("Java 17 Developer", "Java 17 Developer"),
        ("Level 2 Support", "Level 2 Support"),
        ("Engineer II", "Engineer II"),
        ("R&D Engineer", "R&D Engineer"),
        ("Job Coach", "Job Coach"),
        ("SENIOR DATA ENGINEER", "Senior Data Engineer"),
        ("HEAD OF HR", "Head of HR"),
        ("PHP DEVELOPER", "PHP Developer"),
        ("IT", "IT"),
        ("data engineer", "Data Engineer"),
        ("head of data", "Head of Data"),
        ("Cook 🍳", "Cook"),
        ("-", ""),
        ("null", ""),
        ("N/A", ""),
    ],
)
def test_a_job_is_named_without_what_adverts_add(written: str, said: str) -> None:
    assert prose.role(written, "en") == said


def test_a_job_in_small_letters_stays_so_where_the_language_writes_it_so() -> None:
    assert prose.role("ingénieur qualité", "fr") == "ingénieur qualité"
    assert prose.role("softwareentwickler", "de") == "Softwareentwickler"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Ines Roe", Addressee("", "", "Ines Roe", "Roe")),
        ("INES ROE", Addressee("", "", "Ines Roe", "Roe")),
        ("ines roe", Addressee("", "", "Ines Roe", "Roe")),
        ("Roe, Ines", Addressee("", "", "Ines Roe", "Roe")),
        ("O'Neill, Sam", Addressee("", "", "Sam O'Neill", "O'Neill")),
        ("Ines Roe, PhD", Addressee("", "", "Ines Roe", "Roe")),
        ("Ines Roe (HR)", Addressee("", "", "Ines Roe", "Roe")),
        ("Ines Roe - Recruiter", Addressee("", "", "Ines Roe", "Roe")),
        ("Ines", Addressee("", "", "Ines", "")),
        ("Frau König", Addressee("ms", "", "König", "König")),
        ("Frau Dr. König", Addressee("ms", "Dr.", "König", "König")),
        ("Dr. van der Berg", Addressee("", "Dr.", "van der Berg", "van der Berg")),
        ("VAN DER BERG", Addressee("", "", "van der Berg", "van der Berg")),
        ("Prof. Dr. Anna Weiß", Addressee("", "Prof. Dr.", "Anna Weiß", "Weiß")),
        ("Mr. J. Smith", Addressee("mr", "", "J. Smith", "Smith")),
        ("M. Petit", Addressee("mr", "", "Petit", "Petit")),
        ("M Petit", Addressee("", "", "M Petit", "Petit")),
        ("Mme Petit", Addressee("ms", "", "Petit", "Petit")),
        ("Sra. García López", Addressee("ms", "", "García López", "García López")),
        ("María García López", Addressee("", "", "María García López", "")),
        ("Ludwig van Beethoven", Addressee("", "", "Ludwig van Beethoven", "van Beethoven")),
        ("Jean-Luc Picard", Addressee("", "", "Jean-Luc Picard", "Picard")),
        ("João da Silva dos Santos", Addressee("", "", "João da Silva dos Santos", "da Silva dos Santos")),
        ("BEN ROE", Addressee("", "", "Ben Roe", "Roe")),
        ("Do Not Reply", prose.NOBODY),
        ("No Reply", prose.NOBODY),
        ("Nicht Antworten", prose.NOBODY),
        ("Acme Notifications", prose.NOBODY),
        ("Via LinkedIn", prose.NOBODY),
        ("Ines Roe at Acme", prose.NOBODY),
        ("Ines Roe bei Acme", prose.NOBODY),
        ("HR Team", prose.NOBODY),
        ("Recruiting", prose.NOBODY),
        ("Ines & Bob", prose.NOBODY),
        ("Ines Roe / Bob Ray", prose.NOBODY),
        ("ines.roe@birch.example.org", prose.NOBODY),
        ("Herr", prose.NOBODY),
        ("Dr.", prose.NOBODY),
        ("", prose.NOBODY),
        (None, prose.NOBODY),
    ],
)
def test_p9_a_name_is_greeted_only_where_it_is_one_for_certain_and_never_by_a_guessed_gender(
    written: str | None, said: Addressee
) -> None:
    assert prose.addressee(written) == said


@given(st.text(max_size=300))
def test_x1_no_text_breaks_the_cleaning_nor_leaves_it_in_two_lines(text: str) -> None:
    for said in (prose.company(text), prose.role(text, "en"), *prose.addressee(text)):
        assert said.isprintable()
        assert len(said) <= prose.LONGEST
