import FIELD_NOT_VISIBLE from '@salesforce/label/c.Personalization_Fault_FieldNotVisible';
import NO_ADMINISTRATION from '@salesforce/label/c.Personalization_Fault_NoAdministration';
import NOT_ANSWERING from '@salesforce/label/c.Personalization_Fault_NotAnswering';
import NOT_CONNECTED from '@salesforce/label/c.Personalization_Fault_NotConnected';
import NOT_SAVED from '@salesforce/label/c.Personalization_Fault_NotSaved';
import RECORD_NOT_VISIBLE from '@salesforce/label/c.Personalization_Fault_RecordNotVisible';
import STILL_COUNTING from '@salesforce/label/c.Personalization_Fault_StillCounting';
import UNEXPECTED from '@salesforce/label/c.Personalization_Fault_Unexpected';
import WRONG_SETTINGS from '@salesforce/label/c.Personalization_Fault_WrongSettings';

/** By code: whose move it is. */
const SENTENCES = {
  FIELD_NOT_VISIBLE,
  RECORD_NOT_VISIBLE,
  RESPONSE_NOT_SAVED: NOT_SAVED,
  NO_ADMINISTRATION,
  NOT_CONNECTED,
  UNAUTHENTICATED: NOT_CONNECTED,
  INSUFFICIENT_SCOPE: NOT_CONNECTED,
  UPSTREAM_REFUSED_CREDENTIALS: NOT_CONNECTED,
  INVALID_CONFIGURATION: WRONG_SETTINGS,
  INVALID_REQUEST: WRONG_SETTINGS,
  UNKNOWN_DATASET: WRONG_SETTINGS,
  UNKNOWN_IDENTITY_TYPE: WRONG_SETTINGS,
  UPSTREAM_UNKNOWN_DATASET: WRONG_SETTINGS,
  SERVICE_UNREACHABLE: NOT_ANSWERING,
  STILL_COUNTING,
  STORAGE_UNAVAILABLE: NOT_ANSWERING,
  UPSTREAM_BUSY: NOT_ANSWERING,
  UPSTREAM_CERTIFICATE_REFUSED: NOT_ANSWERING,
  UPSTREAM_INVALID_ANSWER: NOT_ANSWERING,
  UPSTREAM_PROXY_FAILED: NOT_ANSWERING,
  UPSTREAM_TIMEOUT: NOT_ANSWERING,
  UPSTREAM_UNAVAILABLE: NOT_ANSWERING
};

/** Returns what went wrong as one friendly sentence; code and correlation id belong beside it, folded. */
export function faultSentence(code) {
  return Object.hasOwn(SENTENCES, code ?? '') ? SENTENCES[code] : UNEXPECTED;
}
