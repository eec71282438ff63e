import path from 'node:path';
import { filesBelow, readMetadata, toList } from '../data/metadata.mjs';

const VARIANT = 'ClientCredentialsClientSecretBasic';

/**
 * The named credentials of our metadata by name:
 * `{name, url, external: {name, tokenUrl, scope, principal}}`.
 * @param replace called with file and text, answers the text as deployed
 */
export function readNamedCredentials(folders, replace = (_, text) => text) {
  const files = folders.flatMap(filesBelow);
  const read = (ending, understand) =>
    new Map(
      files
        .filter((file) => file.endsWith(ending))
        .map((file) => {
          const name = path.basename(file, ending);
          return [
            name,
            understand(
              name,
              readMetadata(file, (text) => replace(file, text)),
              file
            )
          ];
        })
    );
  const externals = read('.externalCredential-meta.xml', externalCredential);
  return read('.namedCredential-meta.xml', (name, xml, file) =>
    namedCredential(name, xml.NamedCredential, externals, file)
  );
}

function namedCredential(name, metadata, externals, file) {
  const parameters = toList(metadata.namedCredentialParameters);
  const ofType = (type) => parameters.find((each) => each.parameterType === type);
  const externalName = ofType('Authentication')?.externalCredential;
  const external = externals.get(externalName);
  if (!external) throw new Error(`${file}: there is no external credential ${externalName}`);
  return {
    name,
    url: ofType('Url').parameterValue.replace(/\/$/, ''),
    isEnabled: metadata.calloutStatus !== 'Disabled',
    addsAuthorization: metadata.generateAuthorizationHeader === 'true',
    external
  };
}

function externalCredential(name, { ExternalCredential: metadata }, file) {
  const parameters = toList(metadata.externalCredentialParameters);
  const ofType = (type) => parameters.filter((each) => each.parameterType === type);
  const variant = ofType('AuthProtocolVariant')[0]?.parameterValue;
  if (metadata.authenticationProtocol !== 'Oauth' || variant !== VARIANT) {
    throw new Error(
      `${file}: the local runtime lacks external credentials other than Oauth ${VARIANT}`
    );
  }
  return {
    name,
    tokenUrl: ofType('AuthProviderUrl')[0].parameterValue,
    scope:
      ofType('AuthParameter').find((each) => each.parameterName === 'Scope')?.parameterValue ??
      null,
    principal: firstPrincipal(ofType('NamedPrincipal'))
  };
}

/** The principal that callouts use: the first in sequence. Permission sets are not modelled. */
function firstPrincipal(principals) {
  const inSequence = principals.toSorted(
    (a, b) => Number(a.sequenceNumber) - Number(b.sequenceNumber)
  );
  return inSequence[0]?.parameterName ?? null;
}
