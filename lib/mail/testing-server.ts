import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export interface MailServer {
  readonly url: string;
  /** Whole mails as they were taken. */
  readonly mails: { readonly to: readonly string[]; readonly text: string }[];
  /** Replies to the next mails, in their order: a code, or `cut` for a connection that ends after the mail was taken. */
  readonly replies: (number | "cut")[];
  /** Addresses that the server takes no mail for, with its reply. */
  readonly refused: Map<string, number>;
  close(): Promise<void>;
}

/** A real SMTP server on this machine, with sign-in and STARTTLS. */
export async function startMailServer(password = "the password of this test"): Promise<MailServer> {
  const mails: MailServer["mails"] = [];
  const replies: MailServer["replies"] = [];
  const refused: MailServer["refused"] = new Map();
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    onAuth: (auth, _session, done) =>
      auth.password === password ? done(null, { user: auth.username as string }) : done(new Error("wrong password")),
    onRcptTo: ({ address }, _session, done) => {
      const code = refused.get(address);
      done(code === undefined ? null : Object.assign(new Error("no such mailbox"), { responseCode: code }));
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        const reply = replies.shift();
        if (typeof reply === "number") {
          done(Object.assign(new Error("not now"), { responseCode: reply }));
          return;
        }
        mails.push({ to: session.envelope.rcptTo.map((r) => r.address), text: Buffer.concat(parts).toString("utf8") });
        if (reply === "cut") for (const connection of server.connections) connection.close();
        else done();
      });
    },
  });
  server.on("error", () => undefined);
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const { port } = listening.address() as AddressInfo;
  return {
    ...{ mails, replies, refused },
    url: `smtp://ledger:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
