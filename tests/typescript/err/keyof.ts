type A = { k: keyof B }
interface B { a: 1 }
