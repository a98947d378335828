// Generated from schemas/lock-payload-writer.schema.json; do not edit.

import type { LockPayload } from "./payload.js";

/** Is this a payload that a writer may publish (PAYLOAD-1)? Says nothing about its size. */
export function validateLockPayload(data: unknown): data is LockPayload;
