import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getHottestOfAccount from '@salesforce/apex/HottestPeopleController.getHottestOfAccount';
import getMyHottest from '@salesforce/apex/HottestPeopleController.getMyHottest';
import DATASET from '@salesforce/label/c.Personalization_Setting_Dataset';
import ENGAGED from '@salesforce/label/c.Personalization_People_Engaged';
import ENGAGEMENT from '@salesforce/label/c.Personalization_People_Engagement';
import EVENT from '@salesforce/label/c.Personalization_People_Event';
import EVENTS from '@salesforce/label/c.Personalization_People_Events';
import HOT from '@salesforce/label/c.Personalization_People_Hot';
import IDENTITY_TYPE from '@salesforce/label/c.Personalization_Setting_IdentityType';
import QUIET from '@salesforce/label/c.Personalization_People_Quiet';
import USER_IDENTIFIER from '@salesforce/label/c.Personalization_Setting_UserIdentifier';
import WARM from '@salesforce/label/c.Personalization_People_Warm';
import { countText, numberText } from 'c/countText';
import { fillLabel } from 'c/fillLabel';
import { Polling } from 'c/polling';
import { reduceErrors } from 'c/reduceErrors';
import { summarySentence } from 'c/summarySentence';
import { unaskedReason } from 'c/unaskedReason';

const STENCIL_PEOPLE = 3;
const LOOK_AGAIN_SECONDS = 60;
/** By heat: what it is called, and the sign that says it without colour. */
const HEATS = {
  hot: { label: HOT, iconName: 'utility:trending' },
  warm: { label: WARM, iconName: 'utility:clock' },
  engaged: { label: ENGAGED, iconName: 'utility:event' },
  quiet: { label: QUIET, iconName: 'utility:dash' }
};

/** The hottest people of an account, or of the running user, in the common frame. */
export default class PeopleCard extends LightningElement {
  @api cardTitle;
  /** The account; without it the card is about the running user's own contacts and leads. */
  @api recordId;
  @api isOwn = false;
  @api userIdentifier;
  @api identityType;
  @api personalizationDataset;
  @api maxPeople = 5;
  @api leaveOutLeads = false;
  @api hideWhenEmpty = false;
  /** A checkbox that must allow to ask for somebody, see the Apex class ConsentGate. */
  @api consentField;

  provisioned;
  saved;
  failed;
  isRefreshing = false;

  connectedCallback() {
    const isWatched = () => this.template.host.checkVisibility?.() ?? true;
    this.polling = new Polling(() => this.lookAgain(), { seconds: LOOK_AGAIN_SECONDS, isWatched });
    this.polling.start();
  }

  disconnectedCallback() {
    this.polling.stop();
  }

  @wire(getHottestOfAccount, {
    accountId: '$accountId',
    userIdentifier: '$userIdentifier',
    identityType: '$identityType',
    dataset: '$personalizationDataset',
    maxPeople: '$wiredMaxPeople',
    consentField: '$wiredConsentField'
  })
  wiredOfAccount(provisioned) {
    if (!this.isOwn) {
      this.take(provisioned);
    }
  }

  @wire(getMyHottest, {
    userIdentifier: '$ownIdentifier',
    identityType: '$identityType',
    dataset: '$personalizationDataset',
    maxPeople: '$wiredMaxPeople',
    isWithLeads: '$isWithLeads',
    consentField: '$wiredConsentField'
  })
  wiredOfMine(provisioned) {
    if (this.isOwn) {
      this.take(provisioned);
    }
  }

  take(provisioned) {
    this.provisioned = provisioned;
    const { data, error } = provisioned;
    if (data) {
      this.saved = { whose: this.whose, answer: data };
    }
    this.failed = error ? { whose: this.whose, fault: reduceErrors(error) } : undefined;
  }

  /** A wire with an undefined parameter never calls: only one of the two questions is put. */
  get accountId() {
    return this.isOwn ? undefined : this.recordId;
  }

  get ownIdentifier() {
    return this.isOwn ? this.userIdentifier : undefined;
  }

  get wiredMaxPeople() {
    return this.maxPeople ?? null;
  }

  get wiredConsentField() {
    return this.consentField || null;
  }

  get isWithLeads() {
    return !this.leaveOutLeads;
  }

  /** Whose people they are: those of one record are never shown on another. */
  get whose() {
    const { recordId, isOwn, userIdentifier, identityType, personalizationDataset } = this;
    return [recordId, isOwn, userIdentifier, identityType, personalizationDataset].join(' ');
  }

  get unasked() {
    return unaskedReason(this.isOwn || this.recordId, [
      [USER_IDENTIFIER, this.userIdentifier],
      [IDENTITY_TYPE, this.identityType],
      [DATASET, this.personalizationDataset]
    ]);
  }

  get answer() {
    if (this.unasked) {
      return { state: 'empty', reason: this.unasked };
    }
    return this.saved?.whose === this.whose ? this.saved.answer : undefined;
  }

  get fault() {
    return this.failed?.whose === this.whose ? this.failed.fault : undefined;
  }

  /** An unfinished setup stays visible to whoever can finish it. */
  get hidesWhenEmpty() {
    return this.hideWhenEmpty && !this.unasked;
  }

  get group() {
    return this.answer?.ofPeople;
  }

  /** One entry for each person; before the answer, places without one. */
  get people() {
    if (!this.answer) {
      return Array.from({ length: STENCIL_PEOPLE }, (_, place) => ({ key: `place ${place}` }));
    }
    return (this.answer.people ?? []).map((person) => {
      const heat = HEATS[person.heat] ?? HEATS.quiet;
      return {
        key: person.links.map(({ recordId }) => recordId).join(' '),
        person,
        heat,
        heatClass: `heat heat_${person.heat}`,
        sentence: summarySentence(person.summary),
        facts: factsOf(person)
      };
    });
  }

  async lookAgain() {
    if (this.provisioned && !this.unasked && !this.isRefreshing) {
      await refreshApex(this.provisioned);
    }
    return false;
  }

  async handleRefresh() {
    this.isRefreshing = true;
    try {
      await refreshApex(this.provisioned);
    } catch {
      // The wire hears of the same failure and says it; here it only ends the turning.
    } finally {
      this.isRefreshing = false;
    }
  }
}

/** What is counted of somebody: events of the last 7 days, and the engagement that data sharing wrote. */
function factsOf({ recentEvents, links }) {
  const engagement = links[0]?.engagement;
  return [
    recentEvents > 0 && countText(recentEvents, EVENT, EVENTS),
    engagement !== null &&
      engagement !== undefined &&
      fillLabel(ENGAGEMENT, numberText(Math.round(engagement)))
  ]
    .filter(Boolean)
    .join(' · ');
}
