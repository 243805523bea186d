/** Every act that needs permission, as data: what it is called in the audit log and in messages. */
export const ACTIONS = {
  "prices.propose": "propose prices",
  "prices.decide": "approve or reject prices",
  "rates.record": "record exchange rates",
  "teams.edit": "change teams and their rules",
  "policies.edit": "change who pays for what nobody used",
  "charges.renew": "have days charged again",
  "costs.import": "import cost of other systems",
  "periods.close": "close a period",
  "lines.review": "accept or dispute a line of a statement",
  "lines.answer": "answer a dispute",
  "ledger.restore": "restore a backup",
} as const;
export type Action = keyof typeof ACTIONS;
