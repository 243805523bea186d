import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

/** What the provider says of somebody; `sub` is the name that is typed at its sign-in. */
export type People = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface TestProvider {
  readonly issuer: string;
  /** May be changed between sign-ins, as people join and leave groups. */
  readonly people: Record<string, Record<string, unknown>>;
  /** What the answer of userinfo says instead, for everybody: an answer that was mixed up or forged. */
  userinfo: Record<string, unknown>;
  stop(): Promise<void>;
}

export const CLIENT = { id: "gpu-ledger", secret: "the secret of a test client alone" };

/**
 * A real OpenID provider, with its own pages to sign in and to consent. @param redirectUri where it sends people back to. @param port 0: a free
 * one. @param hasUserinfo false: everything is in the ID token.
 */
export async function startProvider(
  redirectUri: string,
  people: People,
  port = 0,
  hasUserinfo = true,
): Promise<TestProvider> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const known: Record<string, Record<string, unknown>> = structuredClone(people) as never;
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] }],
    cookies: { keys: ["a key of this test"] },
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["name", "preferred_username", "groups", "_claim_names"],
    },
    features: { devInteractions: { enabled: true }, userinfo: { enabled: hasUserinfo } },
    conformIdTokenClaims: hasUserinfo,
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...known[sub] }) }),
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === "/me") ctx.body = { ...(ctx.body as object), ...running.userinfo };
  });
  server.on("request", provider.callback());
  const running: TestProvider = {
    issuer,
    people: known,
    userinfo: {},
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return running;
}

/** A browser without a screen: keeps cookies by host, follows links, fills in forms. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  cookiesOf(url: string): Record<string, string> {
    return Object.fromEntries(this.#cookies.get(new URL(url).host) ?? []);
  }

  take(url: string, answer: Response): void {
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    for (const line of answer.headers.getSetCookie()) {
      const [pair = "", ...rest] = line.split(";");
      const at = pair.indexOf("=");
      const gone = rest.some((part) => /^\s*max-age=0$/i.test(part));
      if (gone) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    this.#cookies.set(host, jar);
  }

  async send(url: string, form?: Record<string, string>): Promise<Response> {
    const cookie = Object.entries(this.cookiesOf(url))
      .map(([name, value]) => `${name}=${value}`)
      .join("; ");
    const answer = await fetch(url, {
      redirect: "manual",
      headers: { cookie },
      ...(form ? { method: "POST", body: new URLSearchParams(form) } : {}),
    });
    this.take(url, answer);
    return answer;
  }

  /** Goes through the provider's own pages as a person would, until it leads to an address that begins with `until`. */
  async passThrough(start: string, login: string, until: string): Promise<string> {
    let url = start;
    let form: Record<string, string> | undefined;
    for (let step = 0; step < 20; step++) {
      if (url.startsWith(until)) return url;
      const answer = await this.send(url, form);
      form = undefined;
      const to = answer.headers.get("location");
      if (to) {
        url = new URL(to, url).toString();
        continue;
      }
      const page = await answer.text();
      const action = /<form[^>]+action="([^"]+)"/.exec(page)?.[1];
      if (!action) throw new Error(`The provider answered ${answer.status}: ${page.slice(0, 300)}`);
      const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1] ?? "login";
      form = prompt === "login" ? { prompt, login, password: "any" } : { prompt };
      url = new URL(action, url).toString();
    }
    throw new Error("The provider leads round in circles.");
  }
}
