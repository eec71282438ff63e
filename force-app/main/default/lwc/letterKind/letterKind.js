import CAMPAIGN_STATS from '@salesforce/label/c.Personalization_Letters_CampaignStats';
import JOURNEY_STEP from '@salesforce/label/c.Personalization_Letters_JourneyStep';
import PROFILE_UPDATES from '@salesforce/label/c.Personalization_Letters_ProfileUpdates';

const KINDS = {
  'campaign-stats': CAMPAIGN_STATS,
  'journey-step': JOURNEY_STEP,
  'profile-update': PROFILE_UPDATES
};

/** Returns where a message came from, in words; a kind that this version does not know stays as it is. */
export function letterKind(kind) {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind] : kind;
}
