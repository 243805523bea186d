import { readdirSync } from "node:fs";
import type { Command } from "commander";
import type { Io } from "./io.ts";

/** Each file in commands/, in a folder of what it is about, adds the command of its own name to the program. */
export type Register = (program: Command, io: Io) => void;

const folder = new URL("./commands/", import.meta.url);

/** The file of each command by its name, in the order of the names. Tests beside them are not commands. */
export function listCommandFiles(): ReadonlyMap<string, URL> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).flatMap((file): [string, URL][] => {
    const name = /^(?:[a-z-]+[/\\])?([a-z-]+)\.ts$/.exec(file)?.[1];
    return name ? [[name, new URL(file.replaceAll("\\", "/"), folder)]] : [];
  });
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Adds a command to a program. */
export async function addCommand(program: Command, io: Io, file: URL): Promise<void> {
  const { register } = (await import(file.href)) as { register: Register };
  register(program, io);
}
