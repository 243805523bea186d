/**
 * Alerts: rules, events, and messages that arrive. Owns the tables `alert_*`. What is sent is written with the state of its event in one
 * transaction, at least once to each place, in order, and never twice for the same change (docs/alerts.md).
 */
export { acknowledge, retryDelivery } from "./answer.ts";
export {
  addChannel,
  archiveChannel,
  changeChannel,
  sampleMessage,
  type Tested,
  testChannel,
} from "./change-channel.ts";
export {
  addRecommended,
  addRule,
  archiveRule,
  changeRule,
  muteRule,
  type RuleInput,
  setRuleEnabled,
} from "./change-rule.ts";
export { setTeamDigest } from "./digest/choose.ts";
export { type PreviewedRule, previewMessages, previewRule, type RulePreview, type Seen, seenBy } from "./preview.ts";
export { receiveAlerts } from "./received/receive.ts";
export { type AlertSummary, runAlerts, sendAlerts } from "./run.ts";
export { sendingOf } from "./sending.ts";
export { type AlertSettings, alertSettingsOf } from "./settings.ts";
