/** The same memory, for reading and writing several bytes at once. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBufferLike>): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
