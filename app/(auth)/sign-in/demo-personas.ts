/** The people of the demo: scripts/demo-money.ts adds them. */
export const PERSONAS = [
  { email: "manager@demo.example", label: "Manager", sees: "their team's cost, workloads and users" },
  { email: "engineer@demo.example", label: "Engineer", sees: "their own workloads, and totals of their team" },
  { email: "finance@demo.example", label: "Finance", sees: "everybody's cost, prices, statements, the close" },
  { email: "admin@demo.example", label: "Administrator", sees: "everything: connections, people, prices, closes" },
] as const;
