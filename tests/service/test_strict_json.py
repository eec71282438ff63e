"""JSON is read one way only."""

import tracemalloc

import pytest

from service.strict_json import NotStrictJson, elements, loads


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a":1}x',
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b"[Infinity]",
        b"[1e999]",
        b'["\\ud800"]',
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
        b"\xff",
        b"[" * 200_000 + b"]" * 200_000,
        b'{"a":' * 50 + b"1" + b"}" * 50,
        b"[" + b"9" * 5_000 + b"]",
    ],
)
def test_what_readers_disagree_about_is_refused(body):
    with pytest.raises(NotStrictJson):
        loads(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a":[1,2.5,null,true,"x"]}', {"a": [1, 2.5, None, True, "x"]}),
        ('{"name":"Zoë 🫖"}'.encode(), {"name": "Zoë 🫖"}),
        (b'"\\ud83e\\uded6"', "🫖"),
        (b'{"text":"[[[[{{{{ \\" ]"}', {"text": '[[[[{{{{ " ]'}),
        (b"[" * 40 + b"]" * 40, None),
    ],
)
def test_all_else_that_rfc_8259_allows_is_read(body, value):
    read = loads(body)
    assert value is None or read == value


@pytest.mark.parametrize("depth", [900, 995, 200_000])
def test_without_a_limit_the_reader_itself_gives_up_on_deep_nesting(depth):
    body = b"[" * depth + b'"\\u00e9"' + b"]" * depth
    try:
        assert loads(body, max_depth=None)
    except NotStrictJson:
        assert depth > 900


@pytest.mark.parametrize(
    "body", [b"[]", b" [ ] ", b'[1 ,{"a":[2]}\n,\t"],[" ]\r\n', b'[null,["\\u00e9"]]']
)
def test_a_list_read_one_by_one_holds_what_it_holds_as_a_whole(body):
    assert list(elements(body)) == loads(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[",
        b"[1",
        b"[1,]",
        b"[,1]",
        b"[1 2]",
        b"[1]x",
        b"[]x",
        b"[1],[2]",
        b'[1,{"a":1,"a":2}]',
        b"[1,NaN]",
        b"[1,1e999]",
        b'[1,"\\ud800"]',
        b"\xef\xbb\xbf[]",
        b"[1,\xff]",
        b"[" * 200_000 + b"]" * 200_000,
    ],
)
def test_a_list_read_one_by_one_is_refused_for_the_same_faults(body):
    for read in (loads, lambda body: list(elements(body))):
        with pytest.raises(NotStrictJson):
            if not isinstance(read(body), list):
                raise NotStrictJson("no list")


def test_a_long_list_read_one_by_one_is_never_there_as_a_whole():
    body = b"[%b]" % b",".join(b'{"id":"%018d","errors":[]}' % n for n in range(5_000))
    tracemalloc.start()
    for _each in elements(body):
        pass
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2 * len(body)  # its text, and one element
