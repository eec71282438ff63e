import { LightningElement } from 'lwc';
import { currentPlace, followPlace } from 'shell/routes';

/** The page: header, navigation, and what the address asks for. */
export default class App extends LightningElement {
  place = currentPlace();

  connectedCallback() {
    this.stopFollowing = followPlace((place) => {
      this.place = place;
      window.scrollTo(0, 0);
    });
  }

  disconnectedCallback() {
    this.stopFollowing();
  }

  get isHome() {
    return this.place.page === 'home';
  }

  get isList() {
    return this.place.page === 'list';
  }

  get isRecord() {
    return this.place.page === 'record';
  }

  get isSetup() {
    return this.place.page === 'setup';
  }

  get isReports() {
    return this.place.page === 'reports';
  }

  get isApp() {
    return this.place.page === 'app';
  }

  get isEdit() {
    return this.place.page === 'edit';
  }

  get isFlows() {
    return this.place.page === 'flows';
  }

  get isFlow() {
    return this.place.page === 'flow';
  }

  get isRun() {
    return this.place.page === 'run';
  }

  /** The place as a list of one, so that another place gets a component of its own. */
  get shown() {
    const { flowName, recordId } = this.place;
    return [{ key: `${flowName}-${recordId}`, place: this.place }];
  }
}
