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
}
