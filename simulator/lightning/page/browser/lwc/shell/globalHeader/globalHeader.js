import { LightningElement, api } from 'lwc';
import { navigate } from 'shell/routes';

/** The bar at the top: whose org this is, and the search over everybody in it. */
export default class GlobalHeader extends LightningElement {
  /** What is searched for, as the address says. */
  @api search = '';

  handleSubmit(event) {
    event.preventDefault();
    this.showResults(event.target.querySelector('input').value);
  }

  /** The browser's own cross in the field empties it without a submit. */
  handleSearch(event) {
    if (event.target.value === '') this.showResults('');
  }

  showResults(search) {
    const query = search.trim() ? `?search=${encodeURIComponent(search.trim())}` : '';
    navigate(`/lightning/page/home${query}`);
  }
}
