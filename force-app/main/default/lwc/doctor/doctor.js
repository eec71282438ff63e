import { LightningElement } from 'lwc';
import examine from '@salesforce/apex/DoctorController.examine';
import AMBER_COUNT from '@salesforce/label/c.Personalization_Health_AmberCount';
import DATA_SHARING from '@salesforce/label/c.Personalization_Health_Group_dataSharing';
import DELIVERIES from '@salesforce/label/c.Personalization_Health_Group_deliveries';
import GREEN_COUNT from '@salesforce/label/c.Personalization_Health_GreenCount';
import JOURNEYS from '@salesforce/label/c.Personalization_Health_Group_journeys';
import LOOKED_AT from '@salesforce/label/c.Personalization_Health_LookedAt';
import LOOKING from '@salesforce/label/c.Personalization_Health_Looking';
import PEOPLE from '@salesforce/label/c.Personalization_Health_Group_people';
import PERSONALIZATION from '@salesforce/label/c.Personalization_Health_Group_personalization';
import RED_COUNT from '@salesforce/label/c.Personalization_Health_RedCount';
import SERVICE from '@salesforce/label/c.Personalization_Health_Group_service';
import TITLE from '@salesforce/label/c.Personalization_Health_Title';
import WELL_ONE from '@salesforce/label/c.Personalization_Health_WellOne';
import WELL_SEVERAL from '@salesforce/label/c.Personalization_Health_WellSeveral';
import { countText, numberText } from 'c/countText';
import { fillLabel } from 'c/fillLabel';
import { reduceErrors } from 'c/reduceErrors';
import { clockText, momentText } from 'c/timeText';

const GROUPS = {
  service: SERVICE,
  personalization: PERSONALIZATION,
  people: PEOPLE,
  deliveries: DELIVERIES,
  dataSharing: DATA_SHARING,
  journeys: JOURNEYS
};
/** Worst first. */
const VERDICTS = ['red', 'amber', 'green'];
const COUNTS = { red: RED_COUNT, amber: AMBER_COUNT, green: GREEN_COUNT };
const badness = (check) => VERDICTS.indexOf(check.verdict);

/** What the service's doctor says of this org: group by group, what is wrong first. */
export default class Doctor extends LightningElement {
  checks;
  lookedAtTime;
  fault;
  isBusy = false;

  label = { looking: LOOKING, title: TITLE };

  connectedCallback() {
    this.load();
  }

  get hasAnswer() {
    return Boolean(this.checks);
  }

  get counts() {
    return VERDICTS.map((verdict) => {
      const count = this.checks.filter((check) => check.verdict === verdict).length;
      return {
        verdict,
        text: fillLabel(COUNTS[verdict], numberText(count)),
        className: `count count_${count ? verdict : 'none'}`
      };
    });
  }

  get lookedAt() {
    return fillLabel(LOOKED_AT, clockText(this.lookedAtTime));
  }

  get moment() {
    return momentText(this.lookedAtTime);
  }

  /** The group with the worst check first, else in the order in which things are set up. */
  get groups() {
    const shown = this.checks.map((check, number) => ({ check, key: number }));
    const names = [...new Set(this.checks.map(({ groupName }) => groupName))];
    const worst = (group) => Math.min(...group.all.map(({ check }) => badness(check)));
    return names
      .map((name) => ({ name, all: shown.filter(({ check }) => check.groupName === name) }))
      .sort((one, other) => worst(one) - worst(other))
      .map(({ name, all }) => groupOf(name, all));
  }

  handleRefresh() {
    return this.load();
  }

  async load() {
    this.isBusy = true;
    try {
      this.checks = await examine();
      this.lookedAtTime = new Date().toISOString();
      this.fault = undefined;
    } catch (error) {
      this.fault = reduceErrors(error);
    }
    this.isBusy = false;
  }
}

function groupOf(name, all) {
  const wrong = all.filter(({ check }) => check.verdict !== 'green');
  const well = all.filter(({ check }) => check.verdict === 'green');
  return {
    name,
    label: GROUPS[name] ?? name,
    wrong: wrong.sort((one, other) => badness(one.check) - badness(other.check)),
    well,
    hasWrong: wrong.length > 0,
    hasWell: well.length > 0,
    wellText: countText(well.length, WELL_ONE, WELL_SEVERAL)
  };
}
