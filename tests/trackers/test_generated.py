"""Generated trackers with known truth, a sample of those that `make bench` reads."""

from benchmarks import words


def test_p9_of_generated_trackers_nothing_but_rejections_is_drafted_and_hardly_one_is_missed() -> None:
    for figure in words.figures(300):
        assert figure.fine, figure.line()
