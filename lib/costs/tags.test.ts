import { expect, it } from "vitest";
import { readTags } from "./tags.ts";

it.each([
  ["a JSON object", '{"team":"Alpha","env":"prod"}'],
  ["of Azure, without braces", '"team": "Alpha","env": "prod"'],
  ["of BigQuery", '[{"key":"team","value":"Alpha"},{"key":"env","value":"prod"}]'],
  ["of AWS's API", '[{"Key":"team","Value":"Alpha"},{"Key":"env","Value":"prod"}]'],
  ["objects of one key", '[{"team":"Alpha"},{"env":"prod"}]'],
  ["objects without the list", '{"key":"team","value":"Alpha"},{"key":"env","value":"prod"}'],
  ["pairs", '[["team","Alpha"],["env","prod"]]'],
  ["of Python", "{'team': 'Alpha', 'env': 'prod'}"],
  ["tuples of Python", "[('team', 'Alpha'), ('env', 'prod')]"],
  ["of Athena", "{team=Alpha, env=prod}"],
  ["parted by semicolons", "team=Alpha;env=prod"],
  ["with colons", "team: Alpha, env: prod"],
  ["with a user prefix", '{"user:team":"Alpha","user_env":"prod"}'],
  ["of the cost and usage report", '{"resourceTags/user:Team":"Alpha","resource_tags_user_env":"prod"}'],
])("reads tags %s", (_, text) => {
  expect(readTags(text)).toEqual(
    new Map([
      ["team", "Alpha"],
      ["env", "prod"],
    ]),
  );
});

it("reads one tag without its list", () => {
  expect(readTags('{"key":"team","value":"Alpha"}')).toEqual(new Map([["team", "Alpha"]]));
});

it("a tag without a value is not there", () => {
  expect(readTags('{"team":null,"cost-center":"CC-1"}')).toEqual(new Map([["cost-center", "CC-1"]]));
  expect(readTags("{'team': None}")).toEqual(new Map());
  expect(readTags('{"team":"","n":5,"b":true,"o":{}}')).toEqual(
    new Map([
      ["n", "5"],
      ["b", "true"],
    ]),
  );
});

it.each(["", "{}", "[]", "NULL", "null", " "])("no tags: %j", (text) => {
  expect(readTags(text)).toEqual(new Map());
});

it.each([
  "Alpha",
  '{"team":"Alpha"',
  '"team" "Alpha"',
  "{'team': \"Alpha\"",
  '["team","Alpha","x"]',
  "5",
  "a,b",
  "{{}}",
])("cannot be read: %s", (text) => {
  expect(readTags(text)).toBe(null);
});

it("with names of JavaScript's own are tags as others are", () => {
  expect(readTags('{"__proto__":"a","constructor":"b"}')).toEqual(
    new Map([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]),
  );
});
