/** An Apex Blob: bytes. */
export class ApexBlob {
  constructor(bytes) {
    this.bytes = bytes;
  }

  identity() {
    return `blob ${this.bytes.toString('base64')}`;
  }
}
