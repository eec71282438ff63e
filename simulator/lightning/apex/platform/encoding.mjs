import { createHash, createHmac, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { throwApex } from '../runtime/exceptions.mjs';
import { lacks } from '../runtime/faults.mjs';
import { PlatformType } from '../runtime/platform-types.mjs';
import { ApexBlob } from '../values/blob.mjs';

const blob = (...from) => new ApexBlob(Buffer.from(...from));
const DIGESTS = {
  md5: 'md5',
  sha1: 'sha1',
  'sha-1': 'sha1',
  sha256: 'sha256',
  'sha-256': 'sha256',
  sha512: 'sha512',
  'sha-512': 'sha512'
};

function digestName(name) {
  return DIGESTS[name.toLowerCase().replace(/^hmac/, '')] ?? lacks(`the digest ${name}`);
}

/** Form encoding, as java.net.URLEncoder does it. */
function urlEncode(text) {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, '+');
}

function urlDecode(text) {
  return decodeURIComponent(text.replace(/\+/g, ' '));
}

function hmac(algorithm, data, key) {
  return new ApexBlob(createHmac(digestName(algorithm), key.bytes).update(data.bytes).digest());
}

/** A Url taken apart; the platform's class is `System.Url`. */
class ApexUrl {
  constructor(text) {
    if (!URL.canParse(text)) throwApex('StringException', `Invalid URL: ${text}`);
    this.url = new URL(text);
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

const queryOf = (url) => url.search.slice(1) || null;

export const encodingTypes = [
  new PlatformType('Blob', {
    holds: ApexBlob,
    statics: { 'valueOf/1': (text) => blob(text) },
    methods: {
      'toString/0': ({ bytes }) => bytes.toString(),
      'size/0': ({ bytes }) => bytes.length
    }
  }),
  new PlatformType('EncodingUtil', {
    statics: {
      'base64Encode/1': ({ bytes }) => bytes.toString('base64'),
      'base64Decode/1': (text) => blob(text, 'base64'),
      'convertToHex/1': ({ bytes }) => bytes.toString('hex'),
      'convertFromHex/1': (text) => blob(text, 'hex'),
      'urlEncode/2': urlEncode,
      'urlDecode/2': urlDecode
    }
  }),
  new PlatformType('Crypto', {
    statics: {
      'generateDigest/2': (name, data) =>
        new ApexBlob(createHash(digestName(name)).update(data.bytes).digest()),
      'generateMac/3': hmac,
      'generateAesKey/1': (bits) => new ApexBlob(randomBytes(bits / 8)),
      'getRandomInteger/0': () => randomInt(-(2 ** 31), 2 ** 31 - 1)
    }
  }),
  new PlatformType('UUID', { statics: { 'randomUUID/0': () => randomUUID() } }),
  new PlatformType('Url', {
    holds: ApexUrl,
    constructors: { 1: (text) => new ApexUrl(text) },
    methods: {
      'getHost/0': ({ url }) => url.hostname,
      'getProtocol/0': ({ url }) => url.protocol.replace(':', ''),
      'getPath/0': ({ url }) => url.pathname,
      'getPort/0': ({ url }) => (url.port ? Number(url.port) : -1),
      'getQuery/0': ({ url }) => queryOf(url),
      'toExternalForm/0': ({ text }) => text
    }
  })
];
