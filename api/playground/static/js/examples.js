/** Schemas to begin with, and what each of them shows: `[about, schema]` by name. */

const text = (description) => ({ type: "string", ...(description ? { description } : {}) });
const number = (description) => ({ type: "number", ...(description ? { description } : {}) });
const date = (description) => ({ type: "string", format: "date", ...(description ? { description } : {}) });
const object = (properties) => ({ type: "object", properties });
const list = (items) => ({ type: "array", items });

export const EXAMPLES = {
  Invoice: [
    "numbers, dates and a list of rows",
    object({
      invoice_number: text(),
      invoice_date: date(),
      vendor: text("who sends the bill"),
      currency: text("three letters, like EUR"),
      total: number("what is to be paid in all"),
      items: list(object({ description: text(), quantity: number(), amount: number() })),
    }),
  ],
  Receipt: [
    "a choice among words",
    object({
      merchant: text(),
      date: date(),
      total: number(),
      tax: number(),
      paid_by: { type: "string", enum: ["cash", "card", "other"] },
    }),
  ],
  BankStatement: [
    "a group of fields, and rows of a long table",
    object({
      account: object({ holder: text(), number: text(), bank: text() }),
      opening_balance: number(),
      closing_balance: number(),
      transactions: list(object({ date: date(), description: text(), amount: number("negative where it was paid out") })),
    }),
  ],
  Contract: [
    "a list of names, and what is said in words",
    object({
      title: text(),
      parties: list(text()),
      effective_date: date(),
      governing_law: text("the state or country whose law holds"),
      term: text("how long the contract runs"),
      renews: { type: "boolean", description: "whether it renews by itself" },
    }),
  ],
  Person: [
    "what forms and letters say of somebody",
    object({ name: text(), date_of_birth: date(), address: text(), email: text(), phone: text() }),
  ],
};
