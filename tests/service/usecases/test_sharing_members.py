"""Members of CRM campaigns in manual segments: proven people, of the statuses that count."""

import pytest

from service.model import Identity
from service.storage.people import ProvenPerson

ON_BOTH_ENGINES = ("test_who_joins_a_campaign_joins_the_segment_and_who_is_taken_off_leaves_it",)


@pytest.fixture
def fair(stage):
    """The id of a campaign."""
    return stage.record("Campaign", Name="Spring fair")


def configure(stage, folder, campaign: str, more: str = "", options: str = "") -> None:
    stage.configure(
        push="",
        options=options,
        more=f"""[[tenants.acme.data_sharing.manual_segments]]
campaign = "{campaign}"
segment = "fair-guests"
{more}
[tenants.acme.data_sharing.feed]
kind = "folder"
path = "{folder}"
""",
    )


def prove(stage, address: str) -> None:
    stage.parts.people.learn("acme", "retail", [ProvenPerson((Identity("emailAddress", address),))])


def join(stage, campaign: str, address: str, status: str = "Sent", kind: str = "Contact") -> str:
    """Add a contact (or lead) and its membership; return the membership's id."""
    who = {f"{kind}Id": stage.record(kind, Email=address)}
    return stage.record("CampaignMember", CampaignId=campaign, Status=status, **who)


def moves(stage, folder) -> list[str]:
    """Pull, and return what the segment feed says, without its header."""
    assert stage.pull().state == "done"
    return taken(folder)


def taken(folder) -> list[str]:
    lines = []
    for file in folder.iterdir() if folder.exists() else ():
        lines += file.read_text().splitlines()[1:]
        file.unlink()
    return lines


def test_who_joins_a_campaign_joins_the_segment_and_who_is_taken_off_leaves_it(
    stage, tmp_path, fair
):
    folder = tmp_path / "inbound"
    configure(stage, folder, fair)
    prove(stage, "kim@share.example")
    member = join(stage, fair, "kim@share.example")
    assert moves(stage, folder) == [",kim@share.example,fair-guests,Add"]
    assert moves(stage, folder) == []
    stage.delete(member, "CampaignMember")
    assert moves(stage, folder) == [",kim@share.example,fair-guests,Remove"]
    assert moves(stage, folder) == []


def test_only_the_named_statuses_count(stage, tmp_path, fair):
    folder = tmp_path / "inbound"
    configure(stage, folder, fair, 'status = ["responded"]')
    for name in ("kim", "bo"):
        prove(stage, f"{name}@share.example")
    kim = join(stage, fair, "kim@share.example", "Responded")
    bo = join(stage, fair, "bo@share.example", "Sent")
    assert moves(stage, folder) == [",kim@share.example,fair-guests,Add"]
    stage.change(kim, "CampaignMember", Status="Sent")
    stage.change(bo, "CampaignMember", Status="Responded")
    assert sorted(moves(stage, folder)) == [
        ",bo@share.example,fair-guests,Add",
        ",kim@share.example,fair-guests,Remove",
    ]
    configure(stage, folder, fair)  # now everybody counts, also who has not changed since
    assert moves(stage, folder) == [",kim@share.example,fair-guests,Add"]


def test_members_of_other_campaigns_and_unproven_ones_stay_out(stage, tmp_path, fair):
    folder = tmp_path / "inbound"
    configure(stage, folder, fair)
    prove(stage, "kim@share.example")
    join(stage, stage.record("Campaign", Name="Other"), "kim@share.example")
    join(stage, fair, "bo@share.example")
    assert moves(stage, folder) == []
    prove(stage, "bo@share.example")
    assert moves(stage, folder) == [",bo@share.example,fair-guests,Add"]


def test_leads_are_members_where_leads_are_shared(stage, tmp_path, fair):
    folder = tmp_path / "inbound"
    configure(stage, folder, fair)
    prove(stage, "kim@share.example")
    prove(stage, "bo@share.example")
    member = join(stage, fair, "kim@share.example", kind="Lead")
    join(stage, fair, "bo@share.example")
    assert moves(stage, folder) == [",bo@share.example,fair-guests,Add"]
    configure(stage, folder, fair, options="share_leads = true")
    assert moves(stage, folder) == [",kim@share.example,,fair-guests,Add"]
    stage.delete(member, "CampaignMember")
    assert moves(stage, folder) == [",kim@share.example,,fair-guests,Remove"]


def test_a_campaign_that_is_not_there_is_named_by_check_and_by_the_run(stage, tmp_path):
    configure(stage, tmp_path / "inbound", "701000000000999AAA")
    found = stage.sharing.preflight(stage.tenant)
    assert "CAMPAIGN_NOT_VISIBLE" in {each.code for each in found}
    assert [row.code for row in stage.rows(stage.pull())] == ["CAMPAIGN_NOT_VISIBLE"]


def test_many_members_are_read_by_a_bulk_query(stage, tmp_path, fair, monkeypatch):
    from service.usecases import sharing_pull

    monkeypatch.setattr(sharing_pull, "BULK_FROM_ROWS", 2)
    folder = tmp_path / "inbound"
    configure(stage, folder, fair)
    for n in range(4):
        prove(stage, f"p{n}@share.example")
        join(stage, fair, f"p{n}@share.example")
    assert len(moves(stage, folder)) == 4


@pytest.mark.parametrize("step", ["pull page staged", "way chosen", "segments sent"])
def test_killed_and_resumed_each_move_is_told_once(stage, tmp_path, fair, step):
    from tests.service.killed_share import die_at

    folder = tmp_path / "inbound"
    configure(stage, folder, fair)
    prove(stage, "kim@share.example")
    join(stage, fair, "kim@share.example")
    die_at(step, stage.environment, "pull")
    assert stage.resume().state == "done"
    assert taken(folder) == [",kim@share.example,fair-guests,Add"]
    assert moves(stage, folder) == []
