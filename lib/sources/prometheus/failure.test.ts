import { expect, it } from "vitest";
import { errorText } from "@/lib/errors.ts";
import { HttpError, type HttpFailure } from "@/lib/http.ts";
import { explainFailure } from "./failure.ts";

it.each<[number, HttpFailure]>([
  [503, "status"],
  [500, "status"],
  [403, "status"],
  [404, "status"],
  [200, "body"],
])("what a server says with %d is said once", (status, failure) => {
  const url = "http://prometheus/api/v1/query_range";
  const body = "maxConcurrentRequests=8 concurrent requests are executed";
  const error = new HttpError(failure, status, body, `${url} answered ${status}: ${body}`);
  const text = errorText(explainFailure(error, url));
  expect(text.split(body)).toHaveLength(2);
  expect(text.split(url)).toHaveLength(2);
});
