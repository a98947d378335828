import { inspect } from "node:util";
import { serialize } from "node:v8";
import { type FileLockError, isFileLockError } from "../src/index.js";
import { isRefreshError, type RefreshError } from "../src/oauth.js";
import { isStoreError, type StoreError } from "../src/store.js";
import { writtenLocks } from "./foreigners.js";

/** What was aborted by the runner's own `cancel`, or by a deadline of the language. */
export class Cancelled extends Error {}

/** The reply to a failed operation: the contract's own outcome, or that the driver broke. */
export function replyTo(error: unknown): Record<string, unknown> {
  if (error instanceof Cancelled) return { status: "refused", code: "cancelled", error: { message: error.message } };
  if (isFileLockError(error)) return { status: "refused", code: error.code, error: detailsOf(error) };
  if (isStoreError(error)) return { status: "refused", code: error.code, error: storeDetailsOf(error) };
  if (isRefreshError(error)) return { status: "refused", code: error.code, error: refreshDetailsOf(error) };
  return { status: "error", message: error instanceof Error ? error.stack : String(error) };
}

function detailsOf(error: FileLockError): Record<string, unknown> {
  const { message, lockPath, target, waitedMs, hint, holder, kind, errno, path } = error;
  const kernelLocks = writtenLocks(error.kernelLocks);
  return { message, lockPath, target, waitedMs, hint, holder, kind, kernelLocks, errno, path };
}

function storeDetailsOf(error: StoreError): Record<string, unknown> {
  const { message, hint, kind, errno, path } = error;
  return { message, hint, kind, errno, path, printed: printed(error) };
}

const unsaved = new Map<string, RefreshError>();

function refreshDetailsOf(error: RefreshError): Record<string, unknown> {
  const { message, hint, holder, intent, waitedMs, cause } = error;
  const { errno, kind, path } = Object(cause) as { errno?: string; kind?: string; path?: string };
  const details = { message, hint, holder, intent, waitedMs, errno, kind, path, printed: printed(error) };
  if (!error.credential()) return details;
  const handle = `unsaved-${unsaved.size + 1}`;
  unsaved.set(handle, error);
  return { ...details, handle };
}

export function findUnsaved(handle: string): RefreshError {
  const error = unsaved.get(handle);
  if (!error) throw new TypeError(`no such handle: ${handle}`);
  return error;
}

/** All that can be got out of an error by printing, inspecting and serialising it. */
export function printed(error: Error): string {
  const inspected = inspect(error, { showHidden: true, depth: null, getters: true, maxStringLength: null });
  return [String(error.stack), inspected, JSON.stringify(error), serialize(error).toString("latin1")].join("\n");
}

/** The stable code of an outcome that is not success. */
export function outcomeOf(error: unknown, bodyError?: unknown): string {
  if (bodyError !== undefined && error === bodyError) return "body-error";
  if (error instanceof Cancelled) return "cancelled";
  if (isFileLockError(error)) return error.code;
  return "body-error";
}
