import { NEW_STORE } from "../src/store/edit.js";
import { isMountPoint } from "../src/store/mounts.js";
import { InvalidStore, parseStore } from "../src/store/parse.js";
import { edited } from "../src/store/replace.js";
import type { StoreEdit } from "../src/store/types.js";
import { readStore, updateStore } from "../src/store.js";
import { optionsOf } from "./locks.js";
import { type Request, text } from "./protocol.js";

type Reply = Record<string, unknown>;

const bytesIn = (request: Request): Buffer => Buffer.from(text(request, "bytes"), "base64");

export function parse(request: Request): Reply {
  try {
    parseStore(bytesIn(request));
    return { kind: null };
  } catch (error) {
    if (error instanceof InvalidStore) return { kind: error.kind };
    throw error;
  }
}

export function edit(request: Request): Reply {
  const bytes = request.bytes === undefined ? NEW_STORE : bytesIn(request);
  const snapshot = { path: "store.json", value: {}, bytes, identity: null };
  return { bytes: edited(snapshot, request.edits as StoreEdit[]).toString("base64") };
}

export async function read(request: Request): Promise<Reply> {
  const { bytes, value } = await readStore(text(request, "path"));
  return { size: bytes.length, value };
}

export async function update(request: Request): Promise<Reply> {
  return { ...(await updateStore(text(request, "path"), request.edits as StoreEdit[], optionsOf(request))) };
}

export function mounted(request: Request): Reply {
  return { mountPoint: isMountPoint(Buffer.from(text(request, "mountinfo")), text(request, "path")) };
}
