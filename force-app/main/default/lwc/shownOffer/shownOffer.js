/** Returns what Apex is told of an item: OfferResponseController knows these fields and no others. */
export function shownOffer({
  itemType,
  id,
  name,
  ctaText,
  campaignId,
  campaignName,
  experienceId,
  userGroup
}) {
  return {
    itemType,
    id,
    name: name || ctaText || id,
    campaignId,
    campaignName,
    experienceId,
    userGroup
  };
}

/** Returns what tells an offer from all others: the same item of two campaigns is two offers. */
export function offerKey({ itemType, id, campaignId, experienceId }) {
  return JSON.stringify([itemType, id, campaignId, experienceId]);
}

/**
 * Returns the campaign that shows nothing to somebody of its control group, as an offer without an
 * item, or null when the answer is another one, or does not say which experience it is.
 */
export function withheldOffer(answer) {
  const { code, parameters } = answer?.reason ?? {};
  if (code !== 'CONTROL_GROUP' || !parameters?.experienceId) {
    return null;
  }
  const { campaignId, campaignName, experienceId } = parameters;
  return { campaignId, campaignName, experienceId, userGroup: 'Control' };
}
