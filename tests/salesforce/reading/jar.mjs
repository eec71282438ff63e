/**
 * Reads what Java archives hold, as far as the checks need it: the names of the classes inside and
 * the fields of one class. Formats: PKWARE's APPNOTE (zip) and the JVM specification, chapter 4.
 */
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const STORED = 0;

/** A jar opened for reading; entries are unpacked when asked for. */
export class Jar {
  #bytes;
  #entries = new Map();

  constructor(file) {
    this.#bytes = readFileSync(file);
    const end = this.#bytes.lastIndexOf(littleEndian(END_OF_DIRECTORY));
    let at = this.#bytes.readUInt32LE(end + 16);
    for (let left = this.#bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
      at = this.#readDirectoryEntry(at);
    }
  }

  /** Names of all entries, e.g. `com/example/Thing.class`. */
  get names() {
    return [...this.#entries.keys()];
  }

  /** Unpacked content of an entry. */
  content(name) {
    const { at, size, method } = this.#entries.get(name);
    const nameAndExtra = this.#bytes.readUInt16LE(at + 26) + this.#bytes.readUInt16LE(at + 28);
    const start = at + 30 + nameAndExtra;
    const packed = this.#bytes.subarray(start, start + size);
    return method === STORED ? packed : inflateRawSync(packed);
  }

  /** Notes one entry of the central directory and returns where the next one starts. */
  #readDirectoryEntry(at) {
    const bytes = this.#bytes;
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    this.#entries.set(name, {
      method: bytes.readUInt16LE(at + 10),
      size: bytes.readUInt32LE(at + 20),
      at: bytes.readUInt32LE(at + 42)
    });
    return at + 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
}

function littleEndian(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}

/**
 * Fields that a class file declares.
 * @param {Buffer} bytes a `.class` file
 * @returns {{ name: string, type: string }[]} type as in Java's descriptors, e.g. `Lcom/x/Account;`
 */
export function fieldsOfClass(bytes) {
  const reader = new ClassReader(bytes);
  const texts = reader.constantTexts();
  reader.skip(6); // access flags, this class, super class
  reader.skip(2 * reader.short()); // interfaces
  return Array.from({ length: reader.short() }, () => {
    reader.skip(2);
    const field = { name: texts.get(reader.short()), type: texts.get(reader.short()) };
    for (let left = reader.short(); left > 0; left -= 1) {
      reader.skip(2);
      reader.skip(reader.int());
    }
    return field;
  });
}

const UTF8 = 1;
const LONG_AND_DOUBLE = new Set([5, 6]);
/** Bytes after the tag of each kind of constant but text. */
const CONSTANT_SIZES = new Map([
  ...[7, 8, 16, 19, 20].map((tag) => [tag, 2]),
  [15, 3],
  ...[3, 4, 9, 10, 11, 12, 17, 18].map((tag) => [tag, 4]),
  [5, 8],
  [6, 8]
]);

/** Walks a class file from its start. */
class ClassReader {
  #bytes;
  #at = 8; // magic number and version

  constructor(bytes) {
    this.#bytes = bytes;
  }

  skip(count) {
    this.#at += count;
  }

  short() {
    this.#at += 2;
    return this.#bytes.readUInt16BE(this.#at - 2);
  }

  int() {
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  /** The constant pool's texts by index; leaves the reader behind the pool. */
  constantTexts() {
    const texts = new Map();
    const count = this.short();
    for (let index = 1; index < count; index += 1) {
      const tag = this.#bytes[this.#at++];
      if (tag === UTF8) texts.set(index, this.#text());
      else this.skip(CONSTANT_SIZES.get(tag));
      if (LONG_AND_DOUBLE.has(tag)) index += 1;
    }
    return texts;
  }

  #text() {
    const length = this.short();
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }
}
