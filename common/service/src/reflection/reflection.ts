import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { Server } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";

/**
 * Lets tools such as grpcurl learn the services and their messages from the server itself.
 * @param services the full names of the services to list
 */
export function addReflection(server: Server, services: readonly string[]): void {
  const path = fileURLToPath(import.meta.resolve("@tracekeep/proto/descriptors.binpb"));
  const files = filesOf(readFileSync(path));
  // Of a package's definitions the reflection reads nothing but the descriptors.
  const descriptors = {
    format: "Protocol Buffer 3 EnumDescriptorProto" as const,
    type: {},
    fileDescriptorProtos: files,
  };
  new ReflectionService({ descriptors }, { services: [...services] }).addToServer(server);
}

/** The files of a FileDescriptorSet, still encoded: its only field. */
function filesOf(descriptorSet: Uint8Array): Buffer[] {
  const reader = new BinaryReader(descriptorSet);
  const files: Buffer[] = [];
  while (reader.pos < reader.len) {
    reader.tag();
    files.push(Buffer.from(reader.bytes()));
  }
  return files;
}
