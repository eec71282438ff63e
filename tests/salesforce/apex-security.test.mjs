import test from 'node:test';
import { check } from './checks/apex-security.mjs';
import { assertFindings, plantedProject } from './planted.mjs';

test('every insecure line is found, and neither an explained one nor a correct class', async (t) => {
  assertFindings(await check(plantedProject(t, 'apex-security')), [
    'Insecure.cls:1: ApexSharingViolations',
    'Insecure.cls:1: Insecure states no sharing',
    'Insecure.cls:6: ApexInsecureEndpoint',
    'Insecure.cls:6: the endpoint must visibly begin with',
    'Insecure.cls:7: the endpoint must visibly begin with',
    'Insecure.cls:8: the endpoint must visibly begin with',
    'Insecure.cls:9: ApexSuggestUsingNamedCred',
    'Insecure.cls:9: AvoidHardcodedCredentialsInHttpHeader',
    'Insecure.cls:13: ApexSOQLInjection',
    'Insecure.cls:19: EmptyCatchBlock',
    'Insecure.cls:24: ApexCRUDViolation',
    'Unparsable.cls:4: cannot be scanned',
    'SeesEverything.cls:1: SeesEverything sees every record',
    'SeesEverything.cls:2: ApexSharingViolations',
    'SeesEverything.cls:2: Reader states no sharing',
    'Plain.remoteSite-meta.xml:3: AvoidDisableProtocolSecurityRemoteSiteSetting',
    'Plain.remoteSite-meta.xml:5: AvoidInsecureHttpRemoteSiteSetting',
    'allowed-violations.json:1: ApexCRUDViolation is allowed in force-app/main/default/classes/Unexplained.cls without a reason',
    'allowed-violations.json:1: ApexSOQLInjection is allowed in force-app/main/default/classes/Explained.cls, which does not break it'
  ]);
});
