/** Schemas to begin with. */

export const EXAMPLES = {
  Invoice: {
    type: "object",
    properties: {
      invoice_number: { type: "string" },
      invoice_date: { type: "string", format: "date" },
      vendor: { type: "string", description: "who sends the bill" },
      currency: { type: "string" },
      total: { type: "number", description: "what is to be paid in all" },
      items: {
        type: "array",
        items: {
          type: "object",
          properties: {
            description: { type: "string" },
            quantity: { type: "number" },
            amount: { type: "number" },
          },
        },
      },
    },
  },
  Receipt: {
    type: "object",
    properties: {
      merchant: { type: "string" },
      date: { type: "string", format: "date" },
      total: { type: "number" },
      tax: { type: "number" },
    },
  },
  BankStatement: {
    type: "object",
    properties: {
      bank: { type: "string" },
      account_holder: { type: "string" },
      account_number: { type: "string" },
      opening_balance: { type: "number" },
      closing_balance: { type: "number" },
    },
  },
  Contract: {
    type: "object",
    properties: {
      title: { type: "string" },
      parties: { type: "array", items: { type: "string" } },
      effective_date: { type: "string", format: "date" },
      governing_law: { type: "string" },
      term: { type: "string", description: "how long the contract runs" },
    },
  },
};
