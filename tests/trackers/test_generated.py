"""Generated trackers with known truth, a sample of those that `make bench` reads."""

from benchmarks import generator, words
from followup import assembly
from followup.tracker.words import plain

WORDS = assembly.words((assembly.shipped_templates(),))


def test_p9_of_generated_trackers_nothing_but_rejections_is_drafted_and_hardly_one_is_missed() -> None:
    for figure in words.figures(300):
        assert figure.fine, figure.line()


def test_the_phrases_written_apart_stand_in_no_words_file() -> None:
    apart = (*generator.REJECTED_APART, *generator.OTHER_APART)
    told = (*generator.REJECTED, *generator.OTHER, *generator.UNDECIDED)
    assert not [phrase for phrase in apart if plain(phrase) in WORDS.outcomes]
    assert len(apart) >= 0.3 * len((*apart, *told))
