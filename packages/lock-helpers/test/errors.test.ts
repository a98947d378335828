import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { printable, shellWord } from "../src/escape.js";
import * as api from "../src/index.js";
import { openclawPayload, refusalOf, usePlace } from "./support.js";

const place = usePlace();

describe("an error", () => {
  test("has a class, a name and a code for each outcome", () => {
    const details = { target: "t", lockPath: "t.lock", waitedMs: 0, hint: "h" };
    const codes = new Set<string>();
    for (const [name, Class] of Object.entries(api)) {
      if (!/^FileLock.+Error$/.test(name) || name === "FileLockError") continue;
      const error = new (Class as typeof api.FileLockTimeoutError)("m", { ...details, cause: 5 });
      expect(error).toBeInstanceOf(api.FileLockError);
      expect(error.name).toBe(name);
      expect(error.cause).toBe(5);
      expect(api.isFileLockError(error)).toBe(true);
      codes.add(error.code);
    }
    expect(codes.size).toBe(10);
  });

  test("is known by its brand, not by its class", () => {
    const foreign = Object.defineProperty(new Error("x"), Symbol.for("openclaw.lock.error"), { value: true });
    expect(api.isFileLockError(foreign)).toBe(true);
    for (const other of [new Error("x"), { code: "file_lock_timeout" }, null, "text"]) {
      expect(api.isFileLockError(other)).toBe(false);
    }
  });

  test("holds no unescaped byte of a name", async () => {
    const target = join(place.directory, "a\u001b[31m\n\u202e\u0085b");
    writeFileSync(`${target}.lock`, openclawPayload(process.pid));
    const { code, error } = await refusalOf(() => api.acquireFileLock(target, { timeoutMs: 0 }));
    expect(code).toBe("file_lock_timeout");
    const { message, hint } = error as api.FileLockError;
    expect(message).toContain("a\\u001b[31m\\u000a\\u202e\\u0085b");
    expect(message + hint).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });
});

describe("escaping", () => {
  test.each([
    ["plain ünïcode 漢字 🔒", "plain ünïcode 漢字 🔒"],
    ["a\tb\r\n\0", "a\\u0009b\\u000d\\u000a\\u0000"],
    ["\u2066x\u2069\u200f\ufeff", "\\u2066x\\u2069\\u200f\\ufeff"],
    ["\ud800x", "\\ud800x"],
  ])("%j", (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  test("bounds the length", () => {
    expect(printable("x".repeat(5000))).toHaveLength(1024);
  });

  test("quotes a path for the shell", () => {
    expect(shellWord("/a b/it's")).toBe("'/a b/it'\\''s'");
  });
});
