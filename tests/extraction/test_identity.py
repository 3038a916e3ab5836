import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.extraction.identity import identify


@pytest.mark.parametrize(
    ("name", "country", "side"),
    [
        ("Russia", "", "RU"),
        ("Russia's Defence Ministry", "UA", "RU"),
        ("Ukraine's General Staff", "RU", "UA"),
        ("the regional governor", "UA", "UA"),
        ("local authorities", "RU", "RU"),
        ("mayor", "IL", "IL"),
        ("the regional governor", "", ""),
        ("local officials", "UA", "UA"),
        ("Staff", "UA", ""),
        ("the ministry", "UA", ""),
        ("residents", "UA", ""),
        ("a witness", "UA", ""),
        ("Hamas", "PS", "hamas"),
        ("the Moscow-installed governor", "UA", "RU"),
        ("a Houthi-run channel", "YE", "houthis"),
        ("a well-led council", "UA", "UA"),
        ("", "UA", ""),
    ],
)
def test_the_side_of_a_name(name, country, side):
    assert identify(name, country)[1] == side


@given(st.text(max_size=60), st.sampled_from(["", "UA"]))
def test_any_name_is_taken(name, country):
    identify(name, country)
