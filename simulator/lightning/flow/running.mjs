/** Brings the interviews of one transaction as far as they get without a person. */
import { SINGLE, TOGETHER } from './elements.mjs';
import { ElementFault, NotRunHere } from './faults.mjs';

/** As many elements as one interview may pass; the platform's limit is of the same kind. */
const MOST_ELEMENTS = 2_000;

/**
 * Run until each interview has ended or stands before a screen.
 * @param outside `{callAction, createRecords, recordsById}`, see `outside.mjs`.
 * Raises: NotRunHere, naming the element.
 */
export async function run(interviews, outside) {
  for (;;) {
    for (const interview of interviews) passAlone(interview);
    const first = interviews.find(standsBeforeShared);
    if (!first) return;
    const together = interviews.filter((one) => one.at === first.at);
    await passTogether(first.element, together, outside);
  }
}

const standsBeforeShared = ({ element }) => element !== null && element.kind in TOGETHER;

function passAlone(interview) {
  for (;;) {
    const { at, element, flow, path } = interview;
    if (at === null) return;
    if (!element) throw new NotRunHere(flow.name, at, 'a connector that leads nowhere');
    if (path.length > MOST_ELEMENTS) throw new NotRunHere(flow.name, at, 'so many elements');
    if (!(element.kind in SINGLE)) return;
    SINGLE[element.kind](element, interview);
  }
}

async function passTogether(element, interviews, outside) {
  try {
    await TOGETHER[element.kind](element, interviews, outside);
  } catch (problem) {
    if (!(problem instanceof ElementFault)) throw problem;
    for (const interview of interviews) {
      if (interview.at === element.name) interview.fault(problem.message);
    }
  }
}
