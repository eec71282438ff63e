import USER_ID from '@salesforce/user/Id';

const keyOf = (component) => `Personalization.${component}.${USER_ID}`;

/** Returns what this viewer chose in `component` before, in this browser; {} when nothing is kept. */
export function recallChoice(component) {
  try {
    const choice = JSON.parse(localStorage.getItem(keyOf(component)));
    return choice && typeof choice === 'object' && !Array.isArray(choice) ? choice : {};
  } catch {
    return {}; // storage is shut, or holds what somebody else wrote
  }
}

/** Keeps `choice`, an object of plain values, for this viewer's next visit. */
export function rememberChoice(component, choice) {
  try {
    localStorage.setItem(keyOf(component), JSON.stringify(choice));
  } catch {
    // Storage is shut or full: the choice holds until the page is left.
  }
}
