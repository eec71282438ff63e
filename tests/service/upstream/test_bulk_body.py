"""A batch waits packed and is sent as the list that it is."""

import json
import tracemalloc

from service.upstream.bulk_body import BulkBody

ROWS = [
    json.dumps({"Id": f"{n:018}", "Link__c": f"https://x.test/{'users/' * 30}{n}"}).encode()
    for n in range(9_000)
]


def test_what_is_sent_is_the_list_of_its_rows_and_as_long_as_it_says():
    for rows in (ROWS[:1], ROWS[:2], ROWS):
        body = BulkBody(rows)
        assert b"".join(body) == b"[%b]" % b",".join(rows)
        assert len(body) == len(b"".join(body))


def test_it_can_be_sent_again_and_takes_rows_in_between():
    body = BulkBody(ROWS[:2])
    assert [*body] == [*body]
    assert body.length_with(ROWS[2]) == len(BulkBody(ROWS[:3]))
    body.add(ROWS[2])
    assert b"".join(body) == b"".join(BulkBody(ROWS[:3]))


def test_it_takes_little_room_waiting_and_while_it_is_sent():
    tracemalloc.start()
    body = BulkBody(ROWS)
    for _piece in body:
        pass
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < len(body) / 3
