"""The shop's segments and campaigns."""

from simulator.personalization.campaigns import (
    Campaign,
    Experience,
    rule_application,
    rule_attribute,
    rule_segment,
)
from simulator.personalization.segments import Segment
from simulator.personalization.shop_catalog import CRM_ZONE
from simulator.personalization.templates import (
    banner,
    profile_summary,
    promotions,
    recommendations,
)
from simulator.shop.products import school_things

BIG_SPENDERS = Segment("Sg2Sp", "Spent 250 or more", lambda p: p.spent() >= 250)
NEWCOMERS = Segment("Sg3Nw", "Never bought", lambda p: not p.orders)
SHOPS_FOR_SCHOOL = Segment(
    "Sg7Bs", "Shops for school", lambda p: bool((p.bought() | p.viewed()) & school_things())
)
SEGMENTS = [BIG_SPENDERS, NEWCOMERS, SHOPS_FOR_SCHOOL]

# The control share is small, yet large enough that somebody of the cast is in it.
PROMOTION_CONTROL_PERCENT = 6


PROFILE_SHOWN = "sfcrmContactId, emailAddress, firstName, unsubscribed, doNotTrack"
"""What an admin lets the service see, so that joins of segments are learned at once."""


def campaigns() -> list[Campaign]:
    """Return the account's campaigns: two for the record page, the others for special questions."""
    return [
        Campaign(
            id="Rc7kP",
            name="CRM Recommendations",
            experiences=(
                Experience("Ex1Rc", "Bought together", recommendations,
                           recommendation_fields("recs", 8)),
            ),
            rules=(rule_attribute("country", ("United Kingdom", "France", "Australia")),),
        ),
        Campaign(
            id="Pm3xQ",
            name="CRM Promotions",
            experiences=(
                Experience("Ex2Pm", "By what they bought", promotions,
                           promotion_fields("promos", 2)),
            ),
            template_name="CRM Promotions",
            control_percent=PROMOTION_CONTROL_PERCENT,
        ),
        _zone_campaign("Zn1Aa", "Ex3Zn", "Offer of the day", priority=1),
        _zone_campaign("Zn2Bb", "Ex4Zn", "Offer of the week", priority=2),
        Campaign(
            id="Sv9Tc",
            name="Service hints",
            experiences=(
                Experience("Ex5Sv", "For the service desk", promotions,
                           promotion_fields("serviceHints", 1)),
            ),
            rules=(rule_application(("Service Cloud",)),),
        ),
        Campaign(
            id="Bg4Sp",
            name="Big spenders' profile",
            experiences=(
                Experience("Ex6Pf", "Profile", profile_summary,
                           profile_fields("country, city")),
            ),
            rules=(rule_segment(BIG_SPENDERS.id, BIG_SPENDERS.name),),
        ),
        Campaign(
            id="Pf6Jb",
            name="CRM Profile",
            experiences=(
                Experience("Ex9Pf", "Profile", profile_summary, profile_fields(PROFILE_SHOWN)),
            ),
        ),
        Campaign(
            id="Ts5Dr",
            name="Draft recommendations",
            experiences=(
                Experience("Ex7Ts", "Draft", recommendations,
                           recommendation_fields("drafts", 3)),
            ),
            state="Testing",
        ),
        Campaign(
            id="Wb6Hp",
            name="Home page banner",
            experiences=(Experience("Ex8Wb", "Banner", banner,
                                    {"datafield": "banner", "maxResults": 1}),),
            channels=("Web",),
            type="Web",
        ),
    ]  # fmt: skip


def _zone_campaign(campaign_id: str, experience_id: str, name: str, priority: int) -> Campaign:
    fields = promotion_fields("offers", 1)
    experience = Experience(experience_id, name, promotions, fields, content_zone=CRM_ZONE)
    return Campaign(campaign_id, name, (experience,), priority=priority, created=priority)


def recommendation_fields(datafield: str, most: int) -> dict:
    """Return the fields of our recommendation template as an admin fills them in."""
    recipe = {"id": "Bt5Rc", "label": "Bought Together"}
    choice = {"itemType": "Product", "recipe": recipe, "maxResults": most}
    return {"datafield": datafield, "recommendations": choice}


def promotion_fields(datafield: str, most: int) -> dict:
    """Return the fields of our promotion template as an admin fills them in."""
    return {
        "datafield": datafield,
        "assetContentZoneOrTag": CRM_ZONE,
        "maxResults": most,
        "fallback": None,
    }


def profile_fields(attribute_names: str) -> dict:
    """Return the fields of our profile template as an admin fills them in."""
    return {"attributeNames": attribute_names, "segmentIds": ""}
