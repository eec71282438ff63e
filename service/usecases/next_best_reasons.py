"""Why a next-best component has nothing to show."""

from service.model import CampaignResponse, Reason
from service.upstream.personalization import CHANNEL

ALL_DECLINED = Reason("ALL_DECLINED", "This person has declined everything there is to offer.")


def channel_not_supported(channel: str) -> Reason:
    """Return that a channel was asked for which brings no campaigns back."""
    return Reason(
        "CHANNEL_NOT_SUPPORTED",
        f"Channel must be {CHANNEL}: Personalization returns no campaigns to another one.",
        {"channel": channel},
    )


def control_group(campaign: CampaignResponse) -> Reason:
    """Return that nothing is offered on purpose, for comparison.

    The ids are what a component reports: an impression of the control group.
    """
    return Reason(
        "CONTROL_GROUP",
        f"This person is in the control group of {campaign.campaign_name or 'a campaign'}, "
        "so nothing is offered on purpose.",
        {
            "campaignName": campaign.campaign_name,
            "campaignId": campaign.campaign_id,
            "experienceId": campaign.experience_id,
        },
    )


def no_items(datafield: str, campaign: CampaignResponse) -> Reason:
    """Return that the campaign answered with an empty list."""
    return Reason(
        "NO_ITEMS",
        f"Campaign {campaign.campaign_name} has nothing to show for this person.",
        {"datafield": datafield, "campaignName": campaign.campaign_name},
    )


def no_campaign(datafield: str, returned: tuple[str, ...]) -> Reason:
    """Return that no campaign served the Datafield, and which ones were served."""
    others = f" Returned: {', '.join(returned)}." if returned else ""
    return Reason(
        "NO_CAMPAIGN_FOR_DATAFIELD",
        f"No campaign for this person returned the Datafield {datafield}.{others}",
        {"datafield": datafield, "returnedDatafields": list(returned)},
    )


def debug_not_allowed() -> Reason:
    """Return that the operator does not let anybody force an experience."""
    return Reason(
        "DEBUG_NOT_ALLOWED",
        "Previews are switched off: allow_debug in the tenants file of the service.",
    )


def experience_not_returned(experience_id: str) -> Reason:
    """Return that Personalization did not answer with the experience that was forced."""
    return Reason(
        "EXPERIENCE_NOT_RETURNED",
        f"Personalization did not return the experience {experience_id}. Compare its id; perhaps "
        "it has to be published first.",
        {"experienceId": experience_id},
    )
