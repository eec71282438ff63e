import { faultSentence } from 'c/faultSentence';

describe('c-fault-sentence', () => {
  it.each([
    ['NOT_CONNECTED', /not connected.*administrator/],
    ['UPSTREAM_REFUSED_CREDENTIALS', /not connected/],
    ['INVALID_CONFIGURATION', /settings of this component/],
    ['UNKNOWN_DATASET', /settings of this component/],
    ['FIELD_NOT_VISIBLE', /access to the field/],
    ['RECORD_NOT_VISIBLE', /access to this record/],
    ['SERVICE_UNREACHABLE', /not answering right now/],
    ['UPSTREAM_UNAVAILABLE', /not answering right now/],
    ['STILL_COUNTING', /counted for the first time/],
    ['RESPONSE_NOT_SAVED', /create Offer Responses/],
    ['NO_ADMINISTRATION', /Personalization Administration Access/],
    ['INTERNAL_ERROR', /unexpected/],
    ['constructor', /unexpected/],
    [undefined, /unexpected/]
  ])('says whose move it is after %s', (code, sentence) => {
    expect(faultSentence(code)).toMatch(sentence);
  });
});
