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
  ["of Datadog", '["team:Alpha","env:prod"]'],
  ["within a JSON text", JSON.stringify('{"team":"Alpha","env":"prod"}')],
  ["of Python 2", "{u'team': u'Alpha', u'env': u'prod'}"],
  ["of Athena's lists of structures", "[{key=team, value=Alpha}, {key=env, value=prod}]"],
  ["with values in quotes", 'team="Alpha",env="prod"'],
  ["as in an address", "team=Alpha&env=prod"],
  ["with lists of one value", '{"team":["Alpha"],"env":["prod"]}'],
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

it("keeps apostrophes and ampersands of a value", () => {
  expect(readTags(`{'team': "O'Neil", 'env': 'it\\'s'}`)).toEqual(
    new Map([
      ["team", "O'Neil"],
      ["env", "it's"],
    ]),
  );
  expect(readTags("team=R&D, env=prod")).toEqual(
    new Map([
      ["team", "R&D"],
      ["env", "prod"],
    ]),
  );
  expect(readTags("team=R&D")).toEqual(new Map([["team", "R&D"]]));
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
  '{"team":{"name":"Alpha"}}',
  '{"team"=>"Alpha"}',
  "{team: 'Alpha'}",
  "{&quot;team&quot;:&quot;Alpha&quot;}",
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
