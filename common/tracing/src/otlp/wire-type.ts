/** Wire types of protobuf, in the low three bits of a tag. */
export const WireType = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const;
