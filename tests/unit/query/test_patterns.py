"""Regular expressions find what Python's find, or are refused."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.query.regex import MAX_PATTERN_SIZE, search
from tests.profiles import examples

CHARACTERS = "abAB019_ \n.,:;-~&|[]{}()^$#@!<>=/éÉжЖσςΣ한"
LITERALS = [re.escape(character) for character in CHARACTERS]
ATOMS = [
    *("a", "b", "B", "0", "_", "-", "~", "&&", "]", "}", "{", "<", "é", "Ж", "ς", "한", "."),
    *(r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", r"\n", r"\x41", r"\u0416", r"\é", r"\<", r"\>", r"\-"),
    *("[ab]", "[^a]", "[[]", "[]a]", "[^]a]", "[a-]", "[-a]", "[a-b]", "[^éЖ]", "[a&&b]", "[a~~b]", "[+--]", "[a||b]"),
    *(r"[\w-]", r"[^\W\d]", r"[\]]", r"[\[\]]", r"[\b]", r"[\n ]", "[&-~]", "[(-)]", "[{,3}]", "[$^.]"),
]
ANCHORS = ["^", r"\b", r"\B", r"\A", r"\Z", "(?#a comment)"]
REPETITIONS = ["", "", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{0,2}", "{,2}", "{1,}", "{,}", "{1,2}?"]
OPENINGS = ["(", "(?:", "(?i:", "(?s:", "(?-i:"]
FLAGS = ["", "", "", "(?i)", "(?s)", "(?m)", "(?ms)"]

repeated = st.sampled_from([atom + repetition for atom in ATOMS + LITERALS for repetition in REPETITIONS])
pieces = st.one_of(repeated, repeated, repeated, st.sampled_from(ANCHORS))


def _alternatives(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(st.lists(parts, max_size=4).map("".join), min_size=1, max_size=3).map("|".join)


def _grouped(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.tuples(st.sampled_from(OPENINGS), _alternatives(parts), st.just(")"), st.sampled_from(REPETITIONS))
    return group.map("".join) | parts


INNER = st.recursive(pieces, _grouped, max_leaves=6)
ENDED = st.tuples(_alternatives(INNER), st.sampled_from(["", "", "$", "(?:b$)", "(a|$)"])).map("".join)
# With ``$`` only at an end.
well_formed = st.tuples(st.sampled_from(FLAGS), st.lists(ENDED, min_size=1, max_size=2).map("|".join)).map("".join)
jumbled = st.lists(st.sampled_from([*ATOMS, *ANCHORS, *OPENINGS, *REPETITIONS, ")", ")", "|"]), max_size=8).map("".join)
# None is empty: whether there is a \B in an empty text depends on Python's version.
texts = st.lists(st.text(CHARACTERS, min_size=1, max_size=8), min_size=5, max_size=5)


def found_by_python(pattern: str, text: str) -> bool | None:
    """Return Python's matches; None if it refuses the pattern."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of "[[" and the like, which may mean something else one day
        try:
            return re.search(pattern, text, re.IGNORECASE) is not None
        except re.error:
            return None


def found(pattern: str, text: str) -> bool | None:
    try:
        return search([pattern])(text)
    except ValueError:
        return None


@examples(400)
@given(pattern=well_formed, texts=texts)
def test_what_python_takes_is_taken_and_finds_the_same(pattern, texts):
    expected = [found_by_python(pattern, text) for text in texts]
    if None not in expected:
        assert [found(pattern, text) for text in texts] == expected


@examples(400)
@given(pattern=jumbled, texts=texts)
def test_what_both_take_finds_the_same(pattern, texts):
    expected = [found_by_python(pattern, text) for text in texts]
    answers = [found(pattern, text) for text in texts]
    assert None in {*expected, *answers} or answers == expected


LINEAR = "linear time"
LARGE = f"larger than {MAX_PATTERN_SIZE} characters"


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(?=a)", f"look-around, .* {LINEAR}"),
        ("(?!a)b", f"look-around, .* {LINEAR}"),
        ("(?<=a)b", f"look-around, .* {LINEAR}"),
        ("(?<!a)b", f"look-around, .* {LINEAR}"),
        (r"(?P<n>a)(?P=n)", f"back-references, .* {LINEAR}"),
        ("(a)?(?(1)b|c)", f"conditions .* {LINEAR}"),
        ("(?>a)b", f"atomic groups .* {LINEAR}"),
        (r"(a)\1", f"{LINEAR}.*backreferences are not supported"),
        ("a*+", f"possessive repetitions .* {LINEAR}"),
        ("a++", f"possessive repetitions .* {LINEAR}"),
        ("a?+", f"possessive repetitions .* {LINEAR}"),
        ("a{2}+", f"possessive repetitions .* {LINEAR}"),
        ("a**", "multiple repeat"),
        ("a{2}{3}", "multiple repeat"),
        ("a+?*", "multiple repeat"),
        ("(a", "a parenthesis is not closed"),
        ("(?i:a", "a parenthesis is not closed"),
        ("a)", "unbalanced parenthesis"),
        ("b[a", r"a character class is not closed \(at position 1\)"),
        ("[]", r"a character class is not closed \(at position 0\)"),
        ("a\\", "not a regular expression"),
        ("*a", "repetition operator missing expression"),
        (r"\q", "unrecognized escape sequence"),
        ("[b-a]", "the start must be <= the end"),
        ("a{3,2}", "the start must be <= the end"),
        ("a" * (MAX_PATTERN_SIZE + 1), LARGE),
        (f"a{{{MAX_PATTERN_SIZE + 1}}}", LARGE),
        (f"a{{1,{MAX_PATTERN_SIZE + 1}}}", LARGE),
        (f"a{{{10**30}}}", LARGE),
        ("(a{50}b){41}", LARGE),
        ("(((a{15}){15}){15})", LARGE),
        (r"\w{201}", LARGE),
        (r"[\w\d]{100}", LARGE),
    ],
)
def test_refuses(pattern, reason):
    with pytest.raises(ValueError, match=reason):
        search([pattern])


@pytest.mark.parametrize("pattern", ["a" * MAX_PATTERN_SIZE, f"a{{{MAX_PATTERN_SIZE}}}", "(ab{39}){50}", r"\w{200}"])
def test_as_large_as_may_be(pattern):
    assert search([pattern])("ab" + "b" * 38) is False


def test_patterns_are_measured_together():
    assert not search(["a{1000}", "b{1000}"])("")
    with pytest.raises(ValueError, match=LARGE):
        search(["a{1000}", "b{1000}", "c"])


REWRITTEN = [
    ("x[[]y", ["x[y"], ["xy"]),
    ("[a&&b]", ["a", "b", "&"], ["c"]),
    ("[a~~b]", ["a", "~"], ["c"]),
    ("[+--]", [",", "-"], ["."]),
    ("[a||b]", ["|", "b"], ["c"]),
    ("[]a]", ["]", "A"], ["b"]),
    ("[^]a]", ["b"], ["]", "a", "]A"]),
    (r"[\b]", ["\b"], ["b"]),
    ("^a{,3}b$", ["b", "aaab"], ["aaaab", "a{,3}b"]),
    ("a{,}b", ["b", "aab"], ["a{"]),
    ("a{b", ["A{B"], ["ab"]),
    ("a{}", ["a{}"], ["a"]),
    ("a{1,b}", ["a{1,b}"], ["a"]),
    ("{", ["{"], [""]),
    (r"a\Z", ["ba"], ["a\n", "ab"]),
    ("a$", ["a", "a\n"], ["a\n\n", "a\nb"]),
    ("(a|b$)", ["b\n"], ["b\nc"]),
    (r"a\$", ["a$b"], ["a"]),
    ("[a$]b", ["$b"], ["b"]),
    ("(?m)^a$", ["b\na\nc", "a\n"], ["ba"]),
    ("a(?#what) b", ["a b"], ["ab"]),
    (r"\<a\>", ["<a>"], ["a"]),
    (r"[\<\>]", ["<"], ["a"]),
    (r"\é", ["É"], ["e"]),
    (r"[\é-\ж]", ["Ж"], ["e"]),
    (r"(?P<name>a)b", ["ab"], ["b"]),
    (r"\bcpu\b", ["the CPU!", "CPU"], ["cpus"]),
    ("(?-i:A)b", ["AB"], ["ab"]),
    ("", ["", "a"], []),
    ("a||b", [""], []),
]


@pytest.mark.parametrize(("pattern", "holding", "failing"), REWRITTEN)
def test_is_written_as_the_engine_wants_it(pattern, holding, failing):
    holds = search([pattern])
    texts = [*holding, *failing]
    assert [text for text in texts if holds(text)] == holding
    assert [text for text in texts if found_by_python(pattern, text)] == holding


def test_any_of_several_is_found_and_none_reaches_into_another():
    holds = search(["^disk", "full$", "(?-i:A)|b{2}"])
    assert [text for text in ("Disk is", "is FULL\n", "A", "bB", "a", "b", "a disk") if holds(text)] == [
        "Disk is",
        "is FULL\n",
        "A",
        "bB",
    ]


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*c", "(.*)*x", "(a*)*b", r"(\w+\s?)*!", "a?" * 30 + "a{30}b", "(a|aa)+$", "^(.*a){12}$"]
)
def test_what_takes_python_for_ever_is_answered(pattern):
    assert search([pattern])("a" * 100_000 + "-") is False


def test_lone_surrogates():
    assert search(["^abc"])("abc\ud800")
    assert not search(["x"])("abc\ud800")
    with pytest.raises(ValueError, match="Unicode"):
        search(["\ud800"])
